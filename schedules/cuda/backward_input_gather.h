#pragma once

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
        .reorder({s.tile[0], s.tile[1], s.tile[2], x, y, s.pixel, s.tile[5], s.tile[6]})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2])
        .gpu_threads(x, y)
        .gpu_blocks(s.pixel, s.tile[5], s.tile[6]);
}

// Batches: a block of filters comes into shared memory, weights and gradients, and every thread reads it from
// there: each element that is fetched from memory is used by all tiles of the group.
inline void gather_from_shared_memory(generators::BackwardInputGatherStages& s, const generators::Tile& tile,
                                      Halide::Pipeline pipeline) {
    s.accumulate.compute_at(s.input_gradient, s.pixel)
        .store_in(Halide::MemoryType::Register)
        .reorder(s.lane, s.vector, s.row, s.channel_tile, s.row_tile, s.pixel)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .gpu_threads(s.channel_tile, s.row_tile);
    s.accumulate.update()
        .reorder({s.lane, s.vector, s.row, s.window.x, s.channel_tile, s.row_tile, s.window.y, s.window.z,
                  s.window.w, s.pixel})
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.window.x, tile.unroll)
        .gpu_threads(s.channel_tile, s.row_tile);
    keep_in_registers(pipeline, s.accumulate);

    const Halide::LoopLevel block(s.accumulate, s.window.y);
    s.weights_tile.reorder_storage(s.filter, s.group, s.channel_tile, s.lane, s.vector);
    s.gradient_tile.reorder_storage(s.filter, s.group, s.row_tile, s.row);
    stage_rows(s.weights_tile, block, s.filter, {s.group, s.channel_tile, s.lane, s.vector}, s.together,
               tile.aligned, tile);
    stage_rows(s.gradient_tile, block, s.filter, {s.group, s.row_tile, s.row}, s.together, tile.aligned,
               tile);
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
    shared.compute_at(s.input_gradient, s.pixel)
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
        gather_blocks(s, s.tile[3], s.tile[4]);
        gather_from_shared_memory(s, tile, pipeline);
    }
    if (tile.ahead) fetch_ahead(pipeline, tile.ahead);
}

}  // namespace lcn::schedules
