#pragma once

#include <vector>

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_dot`, by name, for schedules.
//
//   partial(lane, ...)    partial sums over filters of one tap; updates: whole vectors (`vectors`), then, when
//                         the filters do not fill it, the masked last vector
//   halves[s](lane, ...)  the sums of lane and lane + half of the stage before; the last has one lane
//   input_gradient        one update over `window` (image, tap, window row, plane, position) that adds
struct BackwardInputDotStages {
    Halide::Func partial;
    std::vector<Halide::Func> halves;
    Halide::Func input_gradient;
    Halide::Var lane;
    Halide::RDom vectors, window;
};

}  // namespace lcn::generators
