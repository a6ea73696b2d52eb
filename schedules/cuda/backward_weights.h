#pragma once

#include "generators/backward_weights.h"
#include "schedules/cuda/fetch_ahead.h"
#include "schedules/cuda/registers.h"
#include "schedules/cuda/shared_memory.h"

namespace lcn::schedules {

// One image: products go straight to the output. A thread goes through all groups of filters, so that what is
// written at a time lies together.
inline void backward_weights_of_one_image(generators::BackwardWeightsStages& s) {
    Halide::RVar window_rows("window_rows");
    s.output.update()
        .allow_race_conditions()  // overlapping tiles write the same bits twice
        .fuse(s.tile[6], s.tile[7], window_rows)
        .reorder({s.tile[0], s.tile[1], s.tile[2], s.tile[8], s.tile[3], s.tile[4], s.position, s.tile[5],
                  window_rows})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2])
        .gpu_threads(s.tile[3], s.tile[4])
        .gpu_blocks(s.position, s.tile[5], window_rows);
}

// A block of threads is a group of tiles of taps x filters in one window row; a tile is in the registers of a
// thread. A block of images comes into shared memory at a time. Each gradient is written once.
inline void backward_weights(generators::BackwardWeightsStages& s, const generators::Tile& tile,
                             Halide::Pipeline pipeline) {
    if (!s.reduces) return backward_weights_of_one_image(s);
    Halide::RVar groups("groups"), window_rows("window_rows");
    s.output.update()
        .allow_race_conditions()  // overlapping tiles write the same bits twice
        .fuse(s.tile[5], s.tile[8], groups)
        .fuse(s.tile[6], s.tile[7], window_rows)
        .reorder({s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4], s.position, groups, window_rows})
        .vectorize(s.tile[0])
        .unroll(s.tile[1])
        .unroll(s.tile[2])
        .gpu_threads(s.tile[3], s.tile[4])
        .gpu_blocks(s.position, groups, window_rows);
    s.sum.compute_at(s.output, s.position)
        .store_in(Halide::MemoryType::Register)
        .bound_extent(s.filter_tile, tile.group_columns)
        .bound_extent(s.tap_tile, tile.group_rows)
        .bound_extent(s.window_row, 1)
        .bound_extent(s.plane, 1)
        .reorder(s.lane, s.vector, s.row, s.filter_tile, s.tap_tile)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .gpu_threads(s.filter_tile, s.tap_tile);
    s.sum.update()
        .reorder(s.lane, s.vector, s.row, s.images.x, s.filter_tile, s.tap_tile, s.images.y)
        .vectorize(s.lane)
        .unroll(s.vector)
        .unroll(s.row)
        .unroll(s.images.x, tile.unroll)
        .gpu_threads(s.filter_tile, s.tap_tile);
    keep_in_registers(pipeline, s.sum);

    const Halide::LoopLevel block(s.sum, s.images.y);
    s.gradient_tile.reorder_storage(s.lane, s.filter_tile, s.vector, s.image);
    stage_columns(s.gradient_tile, block, s.lane, s.vector, s.filter_tile, {s.image}, tile);
    if (tile.rows_aligned)
        stage_in_shared_memory(s.input_tile, block, {s.group, s.tap_tile, s.image}, tile, &s.tap);
    else
        stage_in_shared_memory(s.input_tile, block, {s.tap, s.group, s.tap_tile, s.image}, tile);
    if (tile.ahead) fetch_ahead(pipeline, tile.ahead);
}

}  // namespace lcn::schedules
