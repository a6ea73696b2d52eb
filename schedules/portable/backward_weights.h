#pragma once

#include "schedules/backward_weights_in_registers.h"

namespace lcn::schedules {

// One input scalar is broadcast per tap.
inline void backward_weights(generators::BackwardWeightsStages& s, const generators::Tile& tile,
                             Halide::Pipeline pipeline) {
    backward_weights_in_registers(s, tile, pipeline);
}

}  // namespace lcn::schedules
