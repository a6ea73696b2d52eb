#pragma once

#include "generators/backward_input_band.h"
#include "schedules/prefetch.h"

namespace lcn::schedules {

// The tile stays in registers while the filters are summed: one vector load per filter and image vector. The
// band is touched once per window.
inline void backward_input_band_in_registers(generators::BackwardInputBandStages& s,
                                             const generators::Tile& tile, Halide::Pipeline pipeline) {
    s.band.update()
        .allow_race_conditions()  // within one tile all addresses differ
        .reorder({s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4], s.tile[5], s.tile[6], s.tile[7]})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2]);

    s.accumulate.compute_at(s.band, s.tile[3])
        .store_in(Halide::MemoryType::Register)
        .bound(s.row, 0, tile.rows)  // the mask must not narrow it: indices would no longer be constant
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row);

    Halide::RVar step("step"), unrolled("unrolled");
    s.accumulate.update()
        .split(s.filters.x, step, unrolled, tile.unroll, Halide::TailStrategy::GuardWithIf)
        .reorder(s.lane, s.vector, s.row, unrolled, step)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(unrolled);

    add_panel_prefetch(pipeline, ".step",
                       {{"band.s1.tile$7", "prefetch_position"},
                        {"band.s1.tile$6", "prefetch_plane"},
                        {"band.s1.tile$5", "prefetch_window_row"},
                        {"band.s1.tile$4", "prefetch_tap_tile"},
                        {"band.s1.tile$3", "prefetch_image_tile"},
                        {".step", "prefetch_step"}},
                       tile.prefetch);
}

}  // namespace lcn::schedules
