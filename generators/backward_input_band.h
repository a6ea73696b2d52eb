#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_band`, by name, for schedules.
//
//   gradient(image, filter, position)   the gradient of the output
//   accumulate(lane, vector, row, ...)  the register tile: vectors of images x taps, one update over
//   `filters` band                                one update over `tile` (lane, vector, row, image tile, tap
//   tile, window
//                                       row, plane, position) that adds
struct BackwardInputBandStages {
    Halide::Func gradient, accumulate, band;
    Halide::Var image, filter, lane, vector, row;
    Halide::RDom filters, tile;
    bool few_filters;  // a known number of them
};

}  // namespace lcn::generators
