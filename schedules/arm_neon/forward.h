#pragma once

#include "schedules/arm_neon/lane_loads.h"
#include "schedules/forward_in_registers.h"

namespace lcn::schedules {

// Four taps per step: the inputs of a row are one vector whose lanes are multiplied with the weights. Up to
// three taps are left to the guarded rest.
inline void forward(generators::ForwardStages& s, const generators::Tile& tile, Halide::Pipeline pipeline) {
    forward_in_registers(s, tile, pipeline);
    add_lane_loads(pipeline);
}

}  // namespace lcn::schedules
