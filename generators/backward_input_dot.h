#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_dot`, by name, for schedules.
//
//   partial(lane, ...)  one vector of partial sums over filters of one tap; updates: whole vectors
//   (`vectors`), then the
//                       masked last vector when the filters do not fill it
//   total(...)          the sum of the lanes, by one update over `lanes`
//   input_gradient      one update over `window` (image, tap, window row, plane, position) that adds
struct BackwardInputDotStages {
    Halide::Func partial, total, input_gradient;
    Halide::Var lane;
    Halide::RDom vectors, lanes, window;
};

}  // namespace lcn::generators
