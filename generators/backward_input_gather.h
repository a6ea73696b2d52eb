#pragma once

#include <vector>

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_input_gather`, by name, for schedules.
//
//   accumulate(lane, vector, row, channel_tile, row_tile, pixel)
//       the register tile: 0, then one update over `window` (x: filter of a block, y: block, z: window of the
//       row, w: row of windows)
//   part(lane, vector, row, channel_tile, row_tile, filter, p, pixel)
//       of kernels in parts, the sums of the filters that are (p, filter) of every tile.parts, in groups; one
//       update over `window`, of which x counts those of a block. `accumulate` then is updated over `parts`
//       (x: filter, y: p)
//   weights_tile(filter, group, lane, vector, channel_tile, block, window of the row, row of windows, pixel)
//   gradient_tile(filter, group, row, row_tile, block, window of the row, row of windows, pixel)
//       what the update reads
//   input_gradient(channel, pixel, image)
//       written from the tile by one update over `tile` (lane, vector, row, column of a group, row of a
//       group, row of groups, column of groups, pixel)
//
// With `cells` a pixel is a cell of them, and a channel tile one of its pixels.
struct BackwardInputGatherStages {
    Halide::Func accumulate, part, input_gradient, weights_tile, gradient_tile;
    Halide::Var lane, vector, row, channel_tile, row_tile, pixel, filter, group, p;
    Halide::RDom window, parts;
    std::vector<Halide::RVar> tile;
    int together = 1;  // elements of a group
};

}  // namespace lcn::generators
