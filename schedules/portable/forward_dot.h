#pragma once

#include "generators/forward_dot.h"

namespace lcn::schedules {

// One position of `rows` images at a time: its partial sums stay in a register for each image and are added
// up by trees of shuffles. Positions are the inner loop, for a window may have no more taps than a vector,
// and what surrounds the sum then takes as long as the sum; images share it, and the loads of the weights.
// Several positions at a time would need more addresses than there are registers, which takes longer.
inline void forward_dot(generators::ForwardDotStages& s, int rows, bool single) {
    const Halide::Var row("row");
    s.output.split(s.image, s.image, row, rows, Halide::TailStrategy::ShiftInwards)
        .reorder(s.filter, row, s.position, s.image)
        .vectorize(s.filter)
        .unroll(row);

    auto in_registers = [&](Halide::Func& stage) {
        stage.compute_at(s.output, s.position)
            .store_in(Halide::MemoryType::Register)
            .vectorize(s.filter)
            .vectorize(s.lane)
            .unroll(s.image);
    };
    for (Halide::Func& half : s.halves) in_registers(half);
    in_registers(s.partial);

    auto add = [&](Halide::Stage update, std::vector<Halide::VarOrRVar> loops) {
        loops.insert(loops.begin(), {s.filter, s.lane, s.image});
        update.reorder(loops).vectorize(s.filter).vectorize(s.lane).unroll(s.image);
    };
    add(s.partial.update(0), {s.vectors[0], s.vectors[1], s.vectors[2]});
    if (single) s.partial.update(0).specialize(s.one_vector);
    if (s.partial.num_update_definitions() > 1) add(s.partial.update(1), {s.rows[0], s.rows[1]});
}

}  // namespace lcn::schedules
