#include "kernel_layout.h"

namespace lcn::layer {

namespace {

int64_t inside_taps(const Axis& axis) {
    int64_t taps = 0;
    for (int64_t p = 0; p < axis.output; p++) taps += axis.end_tap(p) - axis.first_tap(p);
    return taps;
}

// The axes of a two-dimensional shape that a layer has: one dimension has no columns.
Shape declared(int dimensions, std::initializer_list<int64_t> sizes, std::initializer_list<int> columns) {
    Shape shape;
    int axis = 0;
    for (const int64_t size : sizes)
        if (const bool is_column = std::find(columns.begin(), columns.end(), axis++) != columns.end();
            dimensions == 2 || !is_column)
            shape.push_back(size);
    return shape;
}

}  // namespace

Shape KernelLayout::shape() const {
    if (implementation == 1)
        return {rows.output * columns.output, rows.kernel * columns.kernel * channels, filters};
    if (implementation == 3) return {inside_count()};
    if (channels_first)
        return declared(dimensions,
                        {channels, rows.input, columns.input, filters, rows.output, columns.output}, {2, 5});
    return declared(dimensions, {rows.input, columns.input, channels, rows.output, columns.output, filters},
                    {1, 4});
}

Shape KernelLayout::bias_shape() const {
    return declared(dimensions, {rows.output, columns.output, filters}, {1});
}

int64_t KernelLayout::inside_count() const {
    return inside_taps(rows) * inside_taps(columns) * channels * filters;
}

int64_t KernelLayout::outside_count() const {
    if (implementation != 2) return 0;
    return rows.input * columns.input * channels * rows.output * columns.output * filters - inside_count();
}

}  // namespace lcn::layer
