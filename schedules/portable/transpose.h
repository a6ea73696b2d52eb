#pragma once

#include "generators/transpose.h"

namespace lcn::schedules {

// A block lives in registers: contiguous loads, shuffles, contiguous stores.
inline void transpose(generators::TransposeStages& s, const generators::Tile& tile, Halide::Pipeline) {
    s.output.update()
        .allow_race_conditions()  // overlapping blocks write the same bits twice
        .reorder(s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4])
        .vectorize(s.tile[0])
        .unroll(s.tile[1]);
    int lanes = tile.lanes;
    for (Halide::Func& stage : s.interleaved) {
        stage.compute_at(s.output, s.tile[2])
            .store_in(Halide::MemoryType::Register)
            .bound_extent(s.lane, lanes)
            .vectorize(s.lane, lanes)
            .unroll(s.row);
        lanes *= 2;
    }
}

}  // namespace lcn::schedules
