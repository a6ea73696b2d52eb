#pragma once

#include <vector>

#include "tile.h"

namespace lcn::generators {

// The stages of `transpose`, by name, for schedules.
//
//   interleaved[s](lane, row, x_tile, y_tile, z)  a block after s rounds, tile.lanes lanes and rows
//   output                                        one update over `tile` (x, y, x tile, y tile, z)
//
// Lanes and rows come in pieces of `piece`, which every stage keeps apart.
struct TransposeStages {
    std::vector<Halide::Func> interleaved;
    Halide::Func output;
    Halide::Var lane, row;
    Halide::RDom tile;
    int piece;
};

}  // namespace lcn::generators
