#pragma once

#include "tile.h"

namespace lcn::generators {

// The stage of `activation` and `activation_gradient`, by name, for schedules: output(element, row).
struct ActivationStages {
    Halide::Func output;
    Halide::Var element;
};

}  // namespace lcn::generators
