#pragma once

#include "generators/forward_dot.h"

namespace lcn::schedules {

// One position of `rows` images at a time: its partial sums stay in a register for each image and are added
// up by trees of shuffles. Positions are the inner loop, for a window may have no more taps than a vector,
// and what surrounds the sum then takes as long as the sum; images share it, and the loads of the weights.
inline void forward_dot(generators::ForwardDotStages& s, int rows) {
    const Halide::Var row("row");
    s.output.split(s.image, s.image, row, rows, Halide::TailStrategy::ShiftInwards)
        .reorder(row, s.position, s.image)
        .unroll(row);

    auto in_registers = [&](Halide::Func& stage) {
        stage.compute_at(s.output, s.position)
            .store_in(Halide::MemoryType::Register)
            .vectorize(s.lane)
            .unroll(s.image);
    };
    for (Halide::Func& half : s.halves) in_registers(half);
    in_registers(s.partial);
    s.partial.update(0)
        .reorder(s.lane, s.image, s.vectors[0], s.vectors[1], s.vectors[2])
        .vectorize(s.lane)
        .unroll(s.image);
    if (s.partial.num_update_definitions() > 1)
        s.partial.update(1).reorder(s.lane, s.image, s.rows[0], s.rows[1]).vectorize(s.lane).unroll(s.image);
}

}  // namespace lcn::schedules
