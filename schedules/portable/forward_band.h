#pragma once

#include "generators/forward_band.h"

namespace lcn::schedules {

// The tile stays in registers while the window passes: one vector load per tap and image vector.
inline void forward_band(generators::ForwardBandStages& s) {
    s.output.update()
        .allow_race_conditions()  // overlapping tiles write the same bits twice
        .reorder(s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4], s.position)
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2]);

    s.accumulate.compute_at(s.output, s.tile[3])
        .store_in(Halide::MemoryType::Register)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row);
    s.accumulate.update()
        .reorder(s.lane, s.vector, s.row, s.taps.x, s.taps.y, s.taps.z)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row);
}

}  // namespace lcn::schedules
