#pragma once

#include "generators/activation.h"

namespace lcn::schedules {

// One element for each thread.
inline void activation(generators::ActivationStages& s, const generators::Tile&) {
    Halide::Var block("block"), thread("thread");
    const Halide::Var row = s.output.args()[1];
    s.output.split(s.element, block, thread, 256, Halide::TailStrategy::GuardWithIf)
        .reorder(thread, block, row)
        .gpu_threads(thread)
        .gpu_blocks(block, row);
}

}  // namespace lcn::schedules
