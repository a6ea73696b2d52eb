#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `forward_band`, by name, for schedules.
//
//   accumulate(lane, vector, row, image_tile, filter_tile, position)  the register tile; one update over taps
//                                                                     (x: tap, y: window row, z: plane)
//   output(image, filter, position)                                   written from the tile by one update
//   over
//                                                                     `tile` (lane, vector, row, image tile,
//                                                                     filter tile)
struct ForwardBandStages {
    Halide::Func accumulate, output;
    Halide::Var lane, vector, row, image_tile, filter_tile, position;
    Halide::RDom taps, tile;
};

}  // namespace lcn::generators
