#pragma once

#include <vector>

#include "tile.h"

namespace lcn::generators {

// The stages of `forward_dot`, by name, for schedules.
//
//   partial(filter, lane, ...)
//                         partial sums over the taps of a window; updates: whole vectors, over `vectors`
//                         (vector of taps, window row, plane), then, when they do not fill a row of taps, the
//                         masked last vector, over `rows` (window row, plane)
//   halves[s](filter, lane, ...)
//                         the sums of lane and lane + half of the stage before; the last has one lane
//   output(filter, position, image)
struct ForwardDotStages {
    Halide::Func partial;
    std::vector<Halide::Func> halves;
    Halide::Func output;
    Halide::Var filter, lane, position, image;
    Halide::RDom vectors, rows;
    Halide::Expr one_vector;  // a window row has no more whole ones
};

}  // namespace lcn::generators
