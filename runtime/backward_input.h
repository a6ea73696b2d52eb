#pragma once

#include "call.h"

namespace lcn {

// The two forms of backward_input, and what they share.

struct BackwardInputArguments {
    const float *output_gradient, *kernel;
    float* input_gradient;
};

// A unit owns rows [first_row, end_row) x columns [first_column, end_column) of the gradient of the input. It
// visits all output positions whose windows reach them, with windows trimmed to them: every (position, tap)
// pair belongs to exactly one unit, units share nothing, and a pixel's sum runs over positions in order
// whatever the units are.
struct InputTile {
    int64_t first_row, end_row, first_column, end_column;
};

struct InputTiles {
    int64_t rows, columns, column_pieces, count;

    InputTiles(const Geometry& g, int64_t wanted, int64_t max_rows, int64_t max_columns) {
        const Problem& p = g.problem;
        rows = std::min(divide_up(p.input_rows, wanted), max_rows);
        const int64_t row_pieces = divide_up(p.input_rows, rows);
        columns = std::min(
            {divide_up(p.input_columns, divide_up(wanted, row_pieces)), max_columns, p.input_columns});
        column_pieces = divide_up(p.input_columns, columns);
        count = row_pieces * column_pieces;
    }

    InputTile tile(const Geometry& g, int64_t index) const {
        const int64_t row = index / column_pieces * rows, column = index % column_pieces * columns;
        return {row, std::min(row + rows, g.problem.input_rows), column,
                std::min(column + columns, g.problem.input_columns)};
    }
};

// Output rows whose windows reach input rows [first, end).
struct Range {
    int64_t begin, end;
};
inline Range reaching_rows(const Geometry& g, int64_t first, int64_t end) {
    const int64_t stride = g.problem.stride_rows, above = first + g.padding_rows - g.problem.kernel_rows + 1;
    return {above <= 0 ? 0 : divide_up(above, stride),
            std::min(g.output_rows, divide_up(std::max<int64_t>(0, end + g.padding_rows), stride))};
}
inline Range reaching_columns(const Geometry& g, int64_t first, int64_t end) {
    const int64_t stride = g.problem.stride_columns,
                  left = first + g.padding_columns - g.problem.kernel_columns + 1;
    return {left <= 0 ? 0 : divide_up(left, stride),
            std::min(g.output_columns, divide_up(std::max<int64_t>(0, end + g.padding_columns), stride))};
}

// Small batches: the sum over filters runs along vectors, and contributions are added in place.
int64_t backward_input_dot_workspace(const Geometry& g, const Kernels& kernels);
const Kernel* backward_input_dot_kernel(const Geometry& g, const Kernels& kernels);
Status backward_input_dot(const Geometry& g, const Kernels& kernels, const BackwardInputArguments& arguments,
                          Workspace workspace);

// Large batches: images run along vectors.
int64_t backward_input_band_workspace(const Geometry& g, const Kernels& kernels);
const Kernel* backward_input_band_kernel(const Geometry& g, const Kernels& kernels);
Status backward_input_band(const Geometry& g, const Kernels& kernels, const BackwardInputArguments& arguments,
                           Workspace workspace);

}  // namespace lcn
