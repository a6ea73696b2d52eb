#pragma once

#include "schedules/arm_neon/lane_loads.h"
#include "schedules/backward_weights_in_registers.h"

namespace lcn::schedules {

// Four neighbouring taps of an image are one vector whose lanes are multiplied with the gradient of the
// output.
inline void backward_weights(generators::BackwardWeightsStages& s, const generators::Tile& tile,
                             Halide::Pipeline pipeline) {
    backward_weights_in_registers(s, tile, pipeline);
    add_lane_loads(pipeline);
}

}  // namespace lcn::schedules
