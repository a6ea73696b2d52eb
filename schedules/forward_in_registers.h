#pragma once

#include "generators/forward.h"
#include "schedules/prefetch.h"

namespace lcn::schedules {

// The tile stays in registers while the window streams by: every weight is loaded once per row tile. Filter
// tiles are the outer loop, so a tile's weights stay in cache while the batch passes. The tap loop is
// unrolled with one guarded epilogue, which keeps the order of the sum.
inline void forward_in_registers(generators::ForwardStages& s, const generators::Tile& tile,
                                 Halide::Pipeline pipeline) {
    s.output.update()
        .allow_race_conditions()  // overlapping tiles write the same bits twice
        .reorder(s.tile[0], s.tile[1], s.tile[2], s.tile[5], s.tile[6], s.position)
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2]);

    s.accumulate.compute_at(s.output, s.tile[5])
        .store_in(Halide::MemoryType::Register)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row);

    Halide::RVar step("step"), unrolled("unrolled");
    s.accumulate.update()
        .split(s.taps.y, step, unrolled, tile.unroll, Halide::TailStrategy::GuardWithIf)
        .reorder(s.lane, s.vector, s.row, unrolled, step, s.taps.z, s.taps.w)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(unrolled);

    Prefetch::Terms loops{{s.position.name(), "prefetch_position"},
                          {s.tile[5].name(), "prefetch_row_tile"},
                          {s.taps.w.name(), "prefetch_plane"},
                          {s.taps.z.name(), "prefetch_window_row"},
                          {step.name(), "prefetch_step"}};
    if (!tile.span) loops.push_back({s.tile[6].name(), "prefetch_filter_tile"});
    add_panel_prefetch(pipeline, loops, tile.prefetch);
}

}  // namespace lcn::schedules
