#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_weights`, by name, for schedules.
//
//   sum(lane, vector, row, filter_tile, tap_tile, window_row, plane, position)
//                     the register tile; `row` counts taps. One update over `images`, unless the kernel is
//                     for one image
//   output(filter, tap, window row, plane, position)
//                     written from the tile by one update over `tile`
//                     (lane, vector, row, tap tile, window row, plane, filter tile)
struct BackwardWeightsStages {
    Halide::Func sum, output;
    Halide::Var lane, vector, row, filter_tile, tap_tile, window_row, plane, position;
    Halide::RDom images, tile;
    bool reduces = true;  // false: one image, nothing to sum
};

}  // namespace lcn::generators
