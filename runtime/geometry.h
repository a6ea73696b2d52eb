#pragma once

#include <algorithm>

#include "lcn/lcn.h"

namespace lcn {

inline int64_t round_up(int64_t x, int64_t multiple) {
    return (x + multiple - 1) / multiple * multiple;
}
inline int64_t divide_up(int64_t x, int64_t y) {
    return (x + y - 1) / y;
}

// A problem that has been checked, with everything that follows from it. Strides in elements.
//
// A window is `planes` x `kernel_rows` x `taps` elements of the input that lie contiguously along the taps:
// with channels_last one plane and KW * C taps, with channels_first C planes and KW taps. The weights of a
// position are in that order.
struct Geometry {
    Problem problem;
    bool channels_first = false;
    int64_t output_rows = 0, output_columns = 0, positions = 0;
    int64_t padding_rows = 0, padding_columns = 0;
    int64_t planes = 0, taps = 0, window = 0;  // window = planes * kernel_rows * taps, Keras's K
    int64_t column_elements = 0;               // input elements from one column to the next: C or 1
    int64_t input_row = 0, input_plane = 0, input_image = 0;
    int64_t weights_row = 0, weights_plane = 0, panel = 0;  // panel: the weights of one position
    int64_t output_image = 0;

    // Columns from one position to the next. A stride beyond the image, which then has one position, may be
    // so large that products with it would not fit.
    int64_t column_step() const { return std::min(problem.stride_columns, problem.input_columns); }
    int64_t position_step() const { return column_step() * column_elements; }

    // Elements of a row of the input that windows of consecutive positions read, with so many taps a row.
    int64_t run_of(int64_t positions, int64_t taps) const { return (positions - 1) * position_step() + taps; }

    // Kernel rows of output row r that are inside [low, high) of the input's rows; likewise columns.
    int64_t first_row(int64_t r, int64_t low) const { return std::max<int64_t>(0, low - row_start(r)); }
    int64_t end_row(int64_t r, int64_t high) const {
        return std::min(problem.kernel_rows, high - row_start(r));
    }
    int64_t first_column(int64_t q, int64_t low) const { return std::max<int64_t>(0, low - column_start(q)); }
    int64_t end_column(int64_t q, int64_t high) const {
        return std::min(problem.kernel_columns, high - column_start(q));
    }
    int64_t row_start(int64_t r) const { return r * problem.stride_rows - padding_rows; }
    int64_t column_start(int64_t q) const { return q * problem.stride_columns - padding_columns; }
};

Status check(const Problem& problem, Geometry& geometry);

// Positions [begin, end) of an output row whose windows have the same columns [first_column, end_column).
struct Segment {
    int64_t begin, end, first_column, end_column;
};

// The longest one that begins at q: only windows with all their columns have the same at several positions.
inline Segment segment_at(const Geometry& g, int64_t q, int64_t end, int64_t low, int64_t high) {
    const Problem& p = g.problem;
    Segment s{q, q + 1, g.first_column(q, low), g.end_column(q, high)};
    if (s.first_column == 0 && s.end_column == p.kernel_columns)
        s.end = std::min(end, (high - p.kernel_columns + g.padding_columns) / p.stride_columns + 1);
    return s;
}

// Calls body(segment) for the segments that cover positions [begin, end), in order, with windows trimmed to
// the input's columns [low, high). Positions without a column are left out.
template <typename Body>
void for_each_segment(const Geometry& g, int64_t begin, int64_t end, int64_t low, int64_t high, Body&& body) {
    for (int64_t q = begin; q < end;) {
        const Segment s = segment_at(g, q, end, low, high);
        if (s.first_column < s.end_column) body(s);
        q = s.end;
    }
}

}  // namespace lcn
