#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_weights_taps`, by name, for schedules.
//
//   sum(filter, lane, vector, ...)  vectors of taps and filters; for many images one update over `images`
//   output                          written from them by one update over `window` (filter, lane, vector, tile
//   of
//                                   taps, window row, plane, position)
struct BackwardWeightsTapsStages {
    Halide::Func sum, output;
    Halide::Var filter, lane, vector;
    Halide::RDom images, window;
    bool reduces;  // otherwise sum is a product
};

}  // namespace lcn::generators
