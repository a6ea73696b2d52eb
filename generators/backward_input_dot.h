#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_dot`, by name, for schedules.
//
//   partial(lane, tap, ...)   one vector of partial sums over filters per tap; updates: whole vectors
//   (`vectors`), then
//                             the masked last vector when the filters do not fill it
//   total(tap, ...)           the sum of the lanes, by one update over `lanes`
//   input_gradient            one update over `tile` (tap, tap tile, window row, plane, image, position) that
//   adds
struct BackwardInputDotStages {
    Halide::Func partial, total, input_gradient;
    Halide::Var lane, tap;
    Halide::RDom vectors, lanes, tile;
};

}  // namespace lcn::generators
