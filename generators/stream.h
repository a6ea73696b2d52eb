#pragma once

#include "tile.h"

namespace lcn::generators {

// The stage of `stream`, by name, for schedules: one update over `tile` (lane, vector, step).
struct StreamStages {
    Halide::Func output;
    Halide::RDom tile;
};

}  // namespace lcn::generators
