#pragma once

#include "schedules/backward_input_band_in_registers.h"

namespace lcn::schedules {

// One weight is broadcast per tap.
inline void backward_input_band(generators::BackwardInputBandStages& s, const generators::Tile& tile,
                                Halide::Pipeline pipeline) {
    backward_input_band_in_registers(s, tile, pipeline);
}

}  // namespace lcn::schedules
