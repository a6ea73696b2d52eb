#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_taps`, by name, for schedules.
//
//   input_gradient   one update over `window` (lane, vector of taps, window row, plane, position, image) that
//   adds
struct BackwardInputTapsStages {
    Halide::Func input_gradient;
    Halide::RDom window;
};

}  // namespace lcn::generators
