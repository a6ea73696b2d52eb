#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `forward`, by name, for schedules.
//
//   accumulate(lane, vector, row, filter_tile, row_tile, position)  the register tile: initial value, then
//   one
//                                                                   update over taps (x: tap, y: window row,
//                                                                   z: plane)
//   output(filter, position, image)                                 written from the tile by one update over
//   `tile`
//                                                                   (lane, vector, row, row tile, filter
//                                                                   tile)
struct ForwardStages {
    Halide::Func accumulate, output;
    Halide::Var lane, vector, row, filter_tile, row_tile, position;
    Halide::RDom taps, tile;
};

}  // namespace lcn::generators
