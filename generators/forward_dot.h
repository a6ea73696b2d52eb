#pragma once

#include <vector>

#include "tile.h"

namespace lcn::generators {

// The stages of `forward_dot`, by name, for schedules.
//
//   partial(lane, ...)    partial sums over the taps of a window; updates: whole vectors, over `vectors`
//                         (vector of taps, window row, plane), then, when they do not fill a row of taps, the
//                         masked last vector, over `rows` (window row, plane)
//   halves[s](lane, ...)  the sums of lane and lane + half of the stage before; the last has one lane
//   output(position, image)
struct ForwardDotStages {
    Halide::Func partial;
    std::vector<Halide::Func> halves;
    Halide::Func output;
    Halide::Var lane, position, image;
    Halide::RDom vectors, rows;
};

}  // namespace lcn::generators
