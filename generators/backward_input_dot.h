#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_dot`, by name, for schedules.
//
//   partial(lane, row, ...)  sums over filters for each tap of a tile; updates: whole vectors (`vectors`),
//                            then, when the filters do not fill it, the masked last vector
//   total(row, ...)          their sum over `lanes`, one update
//   input_gradient           one update over `window` (tap of a tile, tap tile, image, window row, plane,
//                            position) that adds
struct BackwardInputDotStages {
    Halide::Func partial, total, input_gradient;
    Halide::Var lane, row;
    Halide::RDom vectors, lanes, window;
};

}  // namespace lcn::generators
