#pragma once

#include "schedules/arm_neon/lane_loads.h"
#include "schedules/backward_input_band_in_registers.h"

namespace lcn::schedules {

// Four filters per step: the weights of a tap are one vector whose lanes are multiplied with vectors of
// images.
inline void backward_input_band(generators::BackwardInputBandStages& s, const generators::Tile& tile,
                                Halide::Pipeline pipeline) {
    backward_input_band_in_registers(s, tile, pipeline);
    add_lane_loads(pipeline);
}

}  // namespace lcn::schedules
