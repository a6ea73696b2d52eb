#pragma once

#include "tile.h"

namespace lcn::generators {

// The stage of `axpby`, by name, for schedules: one update of output(element).
struct AxpbyStages {
    Halide::Func output;
    Halide::Var element;
};

}  // namespace lcn::generators
