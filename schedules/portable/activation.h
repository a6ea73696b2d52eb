#pragma once

#include "generators/activation.h"

namespace lcn::schedules {

// The elements are few and in cache: plain vectors, and a guarded tail because a kernel that works in place
// must not compute an element twice.
inline void activation(generators::ActivationStages& s, const generators::Tile& tile) {
    s.output.vectorize(s.element, tile.lanes, Halide::TailStrategy::GuardWithIf);
}

}  // namespace lcn::schedules
