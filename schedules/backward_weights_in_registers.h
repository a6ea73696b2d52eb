#pragma once

#include "generators/backward_weights.h"
#include "schedules/prefetch.h"

namespace lcn::schedules {

// A tile of taps x filters stays in registers while the batch is summed, and is then written once: gradients
// are never read back. Tiles of taps are the inner loop, so that the gradient of the output stays in cache
// and the result is one sequential stream.
inline void backward_weights_in_registers(generators::BackwardWeightsStages& s, const generators::Tile& tile,
                                          Halide::Pipeline pipeline) {
    s.output.update()
        .allow_race_conditions()  // overlapping tiles write the same bits twice
        .reorder({s.tile[0], s.tile[1], s.tile[2], s.tile[5], s.tile[6], s.tile[7], s.tile[8], s.position})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2]);

    s.sum.compute_at(s.output, s.tile[5])
        .store_in(Halide::MemoryType::Register)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row);
    if (!s.reduces) return;

    Halide::RVar step("step"), unrolled("unrolled");
    s.sum.update()
        .split(s.images.y, step, unrolled, tile.unroll, Halide::TailStrategy::GuardWithIf)
        .reorder(s.lane, s.vector, s.row, unrolled, step)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(unrolled);
    if (tile.upcoming)
        add_upcoming_prefetch(pipeline, {{step.name(), "upcoming_image"},
                                         {s.tile[6].name(), "upcoming_window_row"},
                                         {s.tile[5].name(), "upcoming_tap_tile"}});
}

}  // namespace lcn::schedules
