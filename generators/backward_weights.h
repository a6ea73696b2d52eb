#pragma once

#include <vector>

#include "tile.h"

namespace lcn::generators {

// The stages of `backward_weights`, by name, for schedules.
//
//   sum(lane, vector, row, filter_tile, tap_tile, window_row, plane, position)
//       the register tile; `row` counts taps. One update over `images` (x: of a block, y: block), unless the
//       kernel is for one image
//   input_tile(tap, group, tap_tile, image, image block, window_row, plane, position)
//   gradient_tile(lane, vector, filter_tile, image, image block, position)
//       what the sum reads
//   output(filter, tap, window row, plane, position)
//       written from the tile by one update over `tile` (lane, vector, row, column of a group, row of a
//       group, row of groups, window row, plane, column of groups)
struct BackwardWeightsStages {
    Halide::Func sum, output, input_tile, gradient_tile;
    Halide::Var lane, vector, row, filter_tile, tap_tile, window_row, plane, position, tap, group, image;
    Halide::RDom images;
    std::vector<Halide::RVar> tile;
    int together = 1;     // elements of a group
    bool reduces = true;  // false: one image, nothing to sum
};

}  // namespace lcn::generators
