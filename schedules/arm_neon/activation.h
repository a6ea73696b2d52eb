#pragma once

#include "generators/activation.h"

namespace lcn::schedules {

// Two vectors at a time fill the waits of a core that works in order; four would not fit the registers. The
// tail is guarded because a kernel that works in place must not compute an element twice.
inline void activation(generators::ActivationStages& s, const generators::Tile& tile) {
    Halide::Var inner("inner");
    s.output.split(s.element, s.element, inner, 2 * tile.lanes, Halide::TailStrategy::GuardWithIf)
        .vectorize(inner, tile.lanes)
        .unroll(inner);
}

}  // namespace lcn::schedules
