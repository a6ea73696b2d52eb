#pragma once

#include "generators/axpby.h"

namespace lcn::schedules {

// One element for each thread.
inline void axpby(generators::AxpbyStages& s) {
    Halide::Var block("block"), thread("thread");
    s.output.update()
        .split(s.element, block, thread, 256, Halide::TailStrategy::GuardWithIf)
        .gpu_threads(thread)
        .gpu_blocks(block);
}

}  // namespace lcn::schedules
