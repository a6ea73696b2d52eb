#pragma once

#include <utility>
#include <vector>

#include "generators/backward_input_gather.h"
#include "schedules/cuda/fetch_ahead.h"
#include "schedules/cuda/registers.h"
#include "schedules/cuda/shared_memory.h"

namespace lcn::schedules {

// A block of threads is a group of tiles at one position; a tile is in the registers of a thread, the x-th
// and y-th of its group. Positions are neighbours in the order of blocks, so that what windows share is in
// the second-level cache.
inline void gather_blocks(generators::BackwardInputGatherStages& s, const Halide::RVar& x,
                          const Halide::RVar& y) {
    s.input_gradient.update()
        .allow_race_conditions()  // overlapping tiles write the same bits twice
        .reorder({s.tile[0], s.tile[1], s.tile[2], x, y, s.tile[7], s.tile[5], s.tile[6]})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2])
        .gpu_threads(x, y)
        .gpu_blocks(s.tile[7], s.tile[5], s.tile[6]);
}

// Weights in shared memory, by filter, then channel: the lanes of a tile are read as a vector for each
// filter. Two vectors of filters come from memory side by side, for each of some channels, so that the
// elements of all of them go to different banks. The registers of such operands are read faster than those of
// vectors of filters, but of few images too little is summed to make up for four stores in place of one.
inline void stage_weights_by_filter(generators::BackwardInputGatherStages& s, const Halide::LoopLevel& block,
                                    const generators::Tile& tile) {
    const Halide::Var pair("pair");
    s.weights_tile.reorder_storage(s.lane, s.channel_tile, s.vector, s.filter, s.group)
        .align_storage(s.channel_tile, tile.group_columns | 1)
        .split(s.group, s.group, pair, 2);
    std::vector<Halide::Var> order{pair, s.lane, s.channel_tile, s.group, s.vector};
    if (!tile.aligned) order.insert(order.begin(), s.filter);
    stage_in_shared_memory(s.weights_tile, block, order, tile, tile.aligned ? &s.filter : nullptr);
}

// Batches: a block of filters comes into shared memory, weights and gradients, and every thread reads it from
// there: each element that is fetched from memory is used by all tiles of the group. Threads side by side
// have neighbouring channels; in cells, images of one pixel, which a window reaches or not.
inline void gather_from_shared_memory(generators::BackwardInputGatherStages& s, const generators::Tile& tile,
                                      Halide::Pipeline pipeline) {
    const Halide::Var x = tile.cells ? s.row_tile : s.channel_tile;
    const Halide::Var y = tile.cells ? s.channel_tile : s.row_tile;
    generators::Tile threads = tile;
    if (tile.cells) std::swap(threads.group_rows, threads.group_columns);
    gather_blocks(s, s.tile[tile.cells ? 4 : 3], s.tile[tile.cells ? 3 : 4]);
    s.accumulate.compute_at(s.input_gradient, s.tile[7])
        .store_in(Halide::MemoryType::Register)
        .reorder(s.lane, s.vector, s.row, x, y, s.pixel)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .gpu_threads(x, y);
    s.accumulate.update()
        .reorder({s.lane, s.vector, s.row, s.window.x, x, y, s.window.y, s.window.z, s.window.w, s.pixel})
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.window.x, tile.unroll)
        .gpu_threads(x, y);
    keep_in_registers(pipeline, s.accumulate);

    const Halide::LoopLevel block(s.accumulate, s.window.y);
    if (tile.lanes > 1 && (tile.rows >= 8 || !tile.aligned)) {
        stage_weights_by_filter(s, block, tile);
    } else {
        s.weights_tile.reorder_storage(s.filter, s.group, s.channel_tile, s.lane, s.vector);
        stage_rows(s.weights_tile, block, s.filter, {s.group, s.channel_tile, s.lane, s.vector}, s.together,
                   tile.aligned, threads);
    }
    s.gradient_tile.reorder_storage(s.filter, s.group, s.row_tile, s.row);
    stage_rows(s.gradient_tile, block, s.filter, {s.group, s.row_tile, s.row}, s.together, tile.aligned,
               threads);
}

// Few images: weights go from memory to registers, used once. Each part of the sum, or group of parts that
// read one vector, has a thread, which reads `unroll` of them at once; side by side the parts read weights
// that lie together.
inline void gather_in_parts(generators::BackwardInputGatherStages& s) {
    s.accumulate.compute_at(s.input_gradient, s.tile[4])
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .update()
        .reorder(s.lane, s.vector, s.row, s.parts.x, s.parts.y)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.parts.x)
        .unroll(s.parts.y);
    Halide::Func shared = s.part.in(s.accumulate);
    shared.compute_at(s.input_gradient, s.tile[7])
        .store_in(Halide::MemoryType::GPUShared)
        .reorder({s.lane, s.filter, s.vector, s.row, s.p, s.channel_tile, s.row_tile, s.pixel})
        .vectorize(s.lane)
        .unroll(s.filter)
        .unroll(s.vector)
        .unroll(s.row)
        .gpu_threads(s.p, s.channel_tile);
    const Halide::Var vector = s.together > 1 ? s.filter : s.lane, other = s.together > 1 ? s.lane : s.filter;
    s.part.compute_at(shared, s.p)
        .reorder_storage(vector, other)
        .vectorize(vector)
        .unroll(other)
        .unroll(s.vector)
        .unroll(s.row)
        .update()
        .reorder({vector, other, s.vector, s.row, s.window.x, s.window.y, s.window.z, s.window.w})
        .vectorize(vector)
        .unroll(other)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.window.x);
}

inline void backward_input_gather(generators::BackwardInputGatherStages& s, const generators::Tile& tile,
                                  Halide::Pipeline pipeline) {
    if (tile.parts > 1) {
        gather_blocks(s, s.tile[4], s.tile[3]);
        gather_in_parts(s);
    } else {
        gather_from_shared_memory(s, tile, pipeline);
    }
    if (tile.ahead) fetch_ahead(pipeline, tile.ahead);
}

}  // namespace lcn::schedules
