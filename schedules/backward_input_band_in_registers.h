#pragma once

#include "generators/backward_input_band.h"
#include "schedules/prefetch.h"

namespace lcn::schedules {

// The tile stays in registers while the filters are summed: one vector load per filter and image vector. The
// band is touched once per window.
// Few filters: the gradient of the output stays in registers, for all filters, while the window's taps pass.
inline void backward_input_band_of_few_filters(generators::BackwardInputBandStages& s,
                                               const generators::Tile& tile) {
    s.band.update()
        .allow_race_conditions()  // within one tile all addresses differ
        .reorder({s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4], s.tile[5], s.tile[6], s.tile[7]})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2]);
    s.gradient.compute_at(s.band, s.tile[6])
        .store_in(Halide::MemoryType::Register)
        .vectorize(s.image, tile.lanes)
        .unroll(s.image)
        .unroll(s.filter);
    s.accumulate.compute_at(s.band, s.tile[3])
        .store_in(Halide::MemoryType::Register)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row);
    s.accumulate.update()
        .reorder(s.lane, s.vector, s.row, s.filters.x)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.filters.x);
}

inline void backward_input_band_in_registers(generators::BackwardInputBandStages& s,
                                             const generators::Tile& tile, Halide::Pipeline pipeline) {
    if (s.few_filters) return backward_input_band_of_few_filters(s, tile);
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

    add_panel_prefetch(pipeline,
                       {{s.tile[7].name(), "prefetch_position"},
                        {s.tile[6].name(), "prefetch_plane"},
                        {s.tile[5].name(), "prefetch_window_row"},
                        {s.tile[4].name(), "prefetch_tap_tile"},
                        {s.tile[3].name(), "prefetch_image_tile"},
                        {step.name(), "prefetch_step"}},
                       tile.prefetch);
    if (tile.upcoming)
        add_upcoming_image_prefetch(pipeline, {{s.tile[7].name(), "upcoming_position"},
                                               {s.tile[6].name(), "upcoming_plane"},
                                               {s.tile[5].name(), "upcoming_window_row"},
                                               {s.tile[4].name(), "upcoming_tap_tile"},
                                               {s.tile[3].name(), "upcoming_image_tile"},
                                               {step.name(), "upcoming_step"}});
}

}  // namespace lcn::schedules
