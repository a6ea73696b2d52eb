#pragma once

#include "generators/backward_input_dot.h"

namespace lcn::schedules {

// One tap at a time: its partial sums stay in one register and are added up by a tree of shuffles. Four
// vectors of filters per step are loaded in pairs, which halves the instructions per multiply-add; the sums
// of neighbouring taps are independent and overlap. The images are the innermost loop, so that weights are
// read from memory once, in order.
inline void backward_input_dot(generators::BackwardInputDotStages& s) {
    const Halide::RVar image = s.window[0];
    s.input_gradient.update().reorder({image, s.window[1], s.window[2], s.window[3], s.window[4]});

    for (Halide::Func& half : s.halves)
        half.compute_at(s.input_gradient, image).store_in(Halide::MemoryType::Register).vectorize(s.lane);

    s.partial.compute_at(s.input_gradient, image).store_in(Halide::MemoryType::Register).vectorize(s.lane);
    s.partial.update(0)
        .reorder(s.lane, s.vectors.x)
        .vectorize(s.lane)
        .unroll(s.vectors.x, 4, Halide::TailStrategy::GuardWithIf);
    if (s.partial.num_update_definitions() > 1) s.partial.update(1).vectorize(s.lane);
}

}  // namespace lcn::schedules
