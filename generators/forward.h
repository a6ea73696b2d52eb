#pragma once

#include "tile.h"

namespace lcn::generators {

// The stages of `forward`, by name, for schedules.
//
//   accumulate(lane, vector, row, filter_tile, row_tile, position)
//       the register tile: initial value, then one update over taps (windows.h: x tap of a block, y block,
//       z window row, w plane)
//   part(lane, vector, row, filter_tile, row_tile, p, position)
//       of kernels in parts, the sums of the taps that are p of every tile.parts; one update over taps, of
//       which x counts those of a block. `accumulate` then is updated over `parts`
//   input_tile(tap, group, row, row_tile, block, window row, plane, position)
//   weights_tile(lane, vector, filter_tile, tap, group, block, window row, plane, position)
//       what the update reads
//   output(filter, position, image)
//       written from the tile by one update over `tile` (lane, vector, row, column of a group, row of a
//       group, row of groups, column of groups)
struct ForwardStages {
    Halide::Func accumulate, part, output, input_tile, weights_tile;
    Halide::Var lane, vector, row, filter_tile, row_tile, position, tap, group, p;
    Halide::RDom taps, parts, tile;
    int together = 1;  // elements of a group
};

}  // namespace lcn::generators
