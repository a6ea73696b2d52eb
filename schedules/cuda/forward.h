#pragma once

#include "generators/forward.h"
#include "schedules/cuda/fetch_ahead.h"
#include "schedules/cuda/registers.h"
#include "schedules/cuda/shared_memory.h"

namespace lcn::schedules {

// A block of threads is a group of tiles at one position; a tile is in the registers of a thread. Positions
// are neighbours in the order of blocks, so that what windows share is in the second-level cache.
inline void forward_blocks(generators::ForwardStages& s) {
    s.output.update()
        .allow_race_conditions()  // overlapping tiles write the same bits twice
        .reorder({s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4], s.position, s.tile[5], s.tile[6]})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2])
        .gpu_threads(s.tile[3], s.tile[4])
        .gpu_blocks(s.position, s.tile[5], s.tile[6]);
}

// Batches: a block of taps comes into shared memory, weights and inputs, and every thread reads it from
// there: each element that is fetched from memory is used by all tiles of the group.
inline void forward_from_shared_memory(generators::ForwardStages& s, const generators::Tile& tile,
                                       Halide::Pipeline pipeline) {
    s.accumulate.compute_at(s.output, s.position)
        .store_in(Halide::MemoryType::Register)
        .reorder(s.lane, s.vector, s.row, s.filter_tile, s.row_tile, s.position)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .gpu_threads(s.filter_tile, s.row_tile);
    s.accumulate.update()
        .reorder({s.lane, s.vector, s.row, s.taps.x, s.filter_tile, s.row_tile, s.taps.y, s.taps.z, s.taps.w,
                  s.position})
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.taps.x, tile.unroll)
        .gpu_threads(s.filter_tile, s.row_tile);
    keep_in_registers(pipeline, s.accumulate);

    const Halide::LoopLevel block(s.accumulate, s.taps.y);
    s.weights_tile.reorder_storage(s.lane, s.filter_tile, s.vector, s.tap, s.group);
    stage_columns(s.weights_tile, block, s.lane, s.vector, s.filter_tile, {s.tap, s.group}, tile);
    s.input_tile.reorder_storage(s.tap, s.group, s.row_tile, s.row);
    stage_rows(s.input_tile, block, s.tap, {s.group, s.row_tile, s.row}, s.together, tile.rows_aligned, tile);
}

// Few images: weights go from memory to registers, used once. Each part of the sum has a thread, which reads
// `unroll` taps of a block at once; side by side the parts read weights that lie together.
inline void forward_in_parts(generators::ForwardStages& s) {
    s.accumulate.compute_at(s.output, s.tile[3])
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .update()
        .reorder(s.lane, s.vector, s.row, s.parts.x)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.parts.x);
    Halide::Func shared = s.part.in(s.accumulate);
    shared.compute_at(s.output, s.position)
        .store_in(Halide::MemoryType::GPUShared)
        .reorder({s.lane, s.vector, s.row, s.filter_tile, s.p, s.row_tile, s.position})
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .gpu_threads(s.filter_tile, s.p);
    s.part.compute_at(shared, s.filter_tile)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .update()
        .reorder({s.lane, s.vector, s.row, s.taps.x, s.taps.y, s.taps.z, s.taps.w})
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.taps.x);
}

inline void forward(generators::ForwardStages& s, const generators::Tile& tile, Halide::Pipeline pipeline) {
    forward_blocks(s);
    if (tile.parts > 1)
        forward_in_parts(s);
    else
        forward_from_shared_memory(s, tile, pipeline);
    if (tile.ahead) fetch_ahead(pipeline, tile.ahead);
}

}  // namespace lcn::schedules
