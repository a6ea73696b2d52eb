#pragma once

#include "generators/backward_weights_taps.h"

namespace lcn::schedules {

// A tile stays in registers while the batch is summed, and is then written once.
inline void backward_weights_taps(generators::BackwardWeightsTapsStages& s) {
    s.output.update()
        .allow_race_conditions()  // overlapping vectors write the same bits twice
        .vectorize(s.window[0])
        .vectorize(s.window[1])
        .unroll(s.window[2]);
    s.sum.compute_at(s.output, s.window[3])
        .store_in(Halide::MemoryType::Register)
        .vectorize(s.filter)
        .vectorize(s.lane)
        .unroll(s.vector);
    if (!s.reduces) return;
    s.sum.update()
        .reorder(s.filter, s.lane, s.vector, s.images.x)
        .vectorize(s.filter)
        .vectorize(s.lane)
        .unroll(s.vector);
}

}  // namespace lcn::schedules
