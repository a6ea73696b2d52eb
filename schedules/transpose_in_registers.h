#pragma once

#include "generators/transpose.h"

namespace lcn::schedules {

// A block lives in registers: contiguous loads of pieces, shuffles, contiguous stores.
//
// Pieces of four, for AVX shuffles within 128 bits at once: of a block of 8 x 8 LLVM makes 24 shuffles, of
// one without pieces 63. Zen 3 (AMD EPYC, family 25 model 1, 2 processors of a virtual machine), x86_avx2,
// 2026-11-28, one thread, cold weights, `lcn_bench`, backward_input with pieces relative to without: cunn232
// N=64 1.10, emg_capgmyo N=1000 1.10, keras_doc_1 N=128 1.09, acl_1 N=4 1.09, calo0_D1 N=256 1.06, lagan_G1
// N=100 1.00.
inline void transpose_in_registers(generators::TransposeStages& s, const generators::Tile& tile) {
    s.output.update()
        .allow_race_conditions()  // overlapping blocks write the same bits twice
        .reorder(s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4])
        .vectorize(s.tile[0])
        .unroll(s.tile[1]);
    int vector = s.piece;
    for (Halide::Func& stage : s.interleaved) {
        stage.compute_at(s.output, s.tile[2])
            .store_in(Halide::MemoryType::Register)
            .bound_extent(s.lane, tile.lanes)
            .bound_extent(s.row, tile.lanes)
            .vectorize(s.lane, vector)
            .unroll(s.lane)
            .unroll(s.row);
        vector = tile.lanes;
    }
}

}  // namespace lcn::schedules
