#pragma once

#include "generators/backward_input_dot.h"

namespace lcn::schedules {

// One vector of partial sums per tap; the horizontal sums of a tile of taps are one tree of shuffles. The
// images of the batch are the inner loop, so that a tile's weights are read from memory once.
inline void backward_input_dot(generators::BackwardInputDotStages& s, const generators::Tile&) {
    s.input_gradient.update()
        .allow_race_conditions()  // within one vector of taps all addresses differ
        .reorder({s.tile[0], s.tile[4], s.tile[1], s.tile[2], s.tile[3], s.tile[5]})
        .vectorize(s.tile[0]);

    s.total.compute_at(s.input_gradient, s.tile[4]).store_in(Halide::MemoryType::Register).vectorize(s.tap);
    s.total.update().atomic().reorder(s.lanes.x, s.tap).vectorize(s.lanes.x).vectorize(s.tap);

    s.partial.compute_at(s.input_gradient, s.tile[4])
        .store_in(Halide::MemoryType::Register)
        .vectorize(s.lane)
        .unroll(s.tap);
    s.partial.update(0).reorder(s.lane, s.tap, s.vectors.x).vectorize(s.lane).unroll(s.tap);
    if (s.partial.num_update_definitions() > 1) s.partial.update(1).vectorize(s.lane).unroll(s.tap);
}

}  // namespace lcn::schedules
