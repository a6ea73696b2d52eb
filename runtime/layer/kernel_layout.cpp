#include "kernel_layout.h"

namespace lcn::layer {

namespace {

// Of the windows that end beyond one side of the image: `furthest` taps of the outermost one, a stride less
// of each one further in.
int64_t taps_beyond(int64_t furthest, const Axis& axis) {
    if (furthest <= 0) return 0;
    const int64_t windows = std::min(axis.output, (furthest - 1) / axis.stride + 1);
    return windows * furthest - windows * (windows - 1) / 2 * axis.stride;
}

int64_t inside_taps(const Axis& axis) {
    const int64_t end = axis.first_pixel(axis.output - 1) + axis.kernel;
    return axis.output * axis.kernel - taps_beyond(axis.padding, axis) - taps_beyond(end - axis.input, axis);
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
