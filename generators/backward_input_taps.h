#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_taps`, by name, for schedules.
//
//   sum(lane, ...)   a vector of taps; one update for every filter but the first
//   input_gradient   one update over `window` (lane, vector of taps, window row, plane, position, image) that
//                    adds
struct BackwardInputTapsStages {
    Halide::Func sum, input_gradient;
    Halide::Var lane;
    Halide::RDom window;
};

}  // namespace lcn::generators
