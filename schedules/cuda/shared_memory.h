#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "generators/tile.h"

namespace lcn::schedules {

// Computes `func` at `at`, where it is needed for one element of each dimension that is not in `order`, into
// shared memory: its elements, in this order of dimensions, go to the threads of the group side by side, as
// vectors along `vector` where that is given. All reads of a turn are in flight together.
inline void stage_in_shared_memory(Halide::Func func, const Halide::LoopLevel& at,
                                   std::vector<Halide::Var> order, const generators::Tile& tile,
                                   const Halide::Var* vector = nullptr) {
    func.compute_at(at).store_in(Halide::MemoryType::GPUShared);
    for (const Halide::Var& dimension : func.args()) {
        const bool ordered = std::any_of(order.begin(), order.end(),
                                         [&](const auto& v) { return v.name() == dimension.name(); });
        if (!ordered && !(vector && vector->name() == dimension.name())) func.bound_extent(dimension, 1);
    }
    if (vector) func.vectorize(*vector);
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
        .gpu_threads(thread, thread_row)
        .unroll(turn);
}

// The same for the columns of a group's tiles (tile.h: column), each read as vectors of `lane`.
inline void stage_columns(Halide::Func func, const Halide::LoopLevel& at, const Halide::Var& lane,
                          const Halide::Var& vector, const Halide::Var& column_tile,
                          const std::vector<Halide::Var>& others, const generators::Tile& tile) {
    std::vector<Halide::Var> order{vector, column_tile};
    if (!tile.aligned) order = {column_tile, lane, vector};
    order.insert(order.end(), others.begin(), others.end());
    stage_in_shared_memory(func, at, std::move(order), tile, tile.aligned ? &lane : nullptr);
}

// The same for rows of tile.block elements, in groups of `together`, that threads read as vectors, each from
// a row of its own: an odd number of groups from row to row lets rows begin in different banks. They come
// from memory as vectors too where `aligned`. `order` begins with groups.
inline void stage_rows(Halide::Func func, const Halide::LoopLevel& at, const Halide::Var& element,
                       std::vector<Halide::Var> order, int together, bool aligned,
                       const generators::Tile& tile) {
    func.align_storage(order[0], tile.block / together | 1);
    if (!aligned) order.insert(order.begin(), element);
    stage_in_shared_memory(func, at, std::move(order), tile, aligned ? &element : nullptr);
}

}  // namespace lcn::schedules
