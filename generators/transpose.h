#pragma once

#include <vector>

#include "tile.h"

namespace lcn::generators {

// The stages of `transpose`, by name, for schedules.
//
//   interleaved[s](lane, row, x_tile, y_tile, z)  after s rounds of interleaving; lane runs over tile.lanes *
//   2^s elements output                                       one update over `tile` (x, y, x tile, y tile,
//   z)
struct TransposeStages {
    std::vector<Halide::Func> interleaved;
    Halide::Func output;
    Halide::Var lane, row;
    Halide::RDom tile;
};

}  // namespace lcn::generators
