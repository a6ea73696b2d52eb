#pragma once

#include "schedules/forward_in_registers.h"

namespace lcn::schedules {

// One input scalar is broadcast per row.
inline void forward(generators::ForwardStages& s, const generators::Tile& tile, Halide::Pipeline pipeline) {
    forward_in_registers(s, tile, pipeline);
}

}  // namespace lcn::schedules
