#pragma once

#include "generators/backward_input_dot.h"
#include "schedules/lane_sums.h"
#include "schedules/prefetch.h"

namespace lcn::schedules {

// The partial sums of a tile stay in registers and are added up by a tree of shuffles, which they share.
// Where the gradient of the output fits in registers, an image's stays there while a row of weights passes,
// which the other images then find in the nearest cache. Else the images are the innermost loop, so that
// weights are read from memory once, in order.
inline void backward_input_dot(generators::BackwardInputDotStages& s, const generators::Tile& tile,
                               Halide::Pipeline pipeline) {
    const Halide::RVar tap = s.window[0], tap_tile = s.window[1], image = s.window[2];
    const bool holds_gradient = tile.vectors > 0;
    const Halide::RVar inner = holds_gradient ? tap_tile : image, outer = holds_gradient ? image : tap_tile;
    s.input_gradient.update()
        .allow_race_conditions()  // within one tile all addresses differ
        .reorder({tap, inner, outer, s.window[3], s.window[4], s.window[5]})
        .vectorize(tap);

    auto in_registers = [&](Halide::Func& stage) -> Halide::Func& {
        return stage.compute_at(s.input_gradient, inner).store_in(Halide::MemoryType::Register);
    };
    in_registers(s.total).bound(s.row, 0, tile.rows).vectorize(s.row, tile.rows);
    s.total.update().atomic().vectorize(s.lanes.x).vectorize(s.row, tile.rows);
    add_lane_sums(pipeline);

    in_registers(s.partial).bound(s.row, 0, tile.rows).vectorize(s.lane).unroll(s.row);
    s.partial.update(0).reorder(s.lane, s.row, s.vectors.x).vectorize(s.lane).unroll(s.row);
    if (holds_gradient)
        s.partial.update(0).unroll(s.vectors.x);
    else if (tile.unroll > 1)
        s.partial.update(0).unroll(s.vectors.x, tile.unroll, Halide::TailStrategy::GuardWithIf);
    if (s.partial.num_update_definitions() > 1) s.partial.update(1).vectorize(s.lane).unroll(s.row);

    add_panel_prefetch(pipeline,
                       {{s.window[5].name(), "prefetch_position"},
                        {s.window[4].name(), "prefetch_plane"},
                        {s.window[3].name(), "prefetch_window_row"},
                        {image.name(), "prefetch_image"},
                        {tap_tile.name(), "prefetch_tap_tile"}},
                       tile.prefetch);
}

}  // namespace lcn::schedules
