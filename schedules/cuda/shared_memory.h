#pragma once

#include <string>
#include <vector>

#include "generators/tile.h"

namespace lcn::schedules {

// Computes `func` at `at` into shared memory: its elements, in this order of dimensions, go to the threads of
// the group side by side. A dimension that is not named is left to vectors. Unrolled turns have their reads
// in flight together; unaligned ones are too many.
inline void stage_in_shared_memory(Halide::Func func, const Halide::LoopLevel& at,
                                   std::vector<Halide::Var> order, const generators::Tile& tile) {
    func.compute_at(at).store_in(Halide::MemoryType::GPUShared);
    Halide::Var all = order[0];
    for (size_t v = 1; v < order.size(); v++) {
        const Halide::Var fused("all_" + std::to_string(v));
        func.fuse(all, order[v], fused);
        all = fused;
    }
    Halide::Var turn("turn"), thread("thread"), thread_row("thread_row");
    func.split(all, turn, thread, tile.group_columns * tile.group_rows, Halide::TailStrategy::GuardWithIf)
        .split(thread, thread_row, thread, tile.group_columns)
        .reorder(turn, thread, thread_row)
        .gpu_threads(thread, thread_row);
    if (tile.aligned) func.unroll(turn);
}

// The same for rows of tile.block elements, in groups of `together`, that threads read as vectors, each from
// a row of its own: four more elements between rows let rows begin in different banks.
inline void stage_rows(Halide::Func func, const Halide::LoopLevel& at, const Halide::Var& element,
                       std::vector<Halide::Var> order, int together, const generators::Tile& tile) {
    func.vectorize(element).align_storage(order[0], (tile.block + 4) / together);
    stage_in_shared_memory(func, at, std::move(order), tile);
}

}  // namespace lcn::schedules
