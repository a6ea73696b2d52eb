// How Keras lays a layer's kernel out, and how lcn does.
//
// lcn keeps one layout, `packed`: [OH][OW][KH][KW][C][F], or [OH][OW][C][KH][KW][F] with channels_first,
// which is Keras's implementation 1. Entries under taps outside the image, which only `same` has, are 0
// there. The entries of implementation 2 that lie in no window follow in an array of their own, `outside`, in
// Keras's order.
#pragma once

#include <algorithm>
#include <cstdint>

#include "lcn/layer.h"

namespace lcn::layer {

// The number of elements of a tensor.
inline int64_t product(const Shape& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return count;
}

// One axis of the image: which taps of the window at an output position lie inside.
struct Axis {
    int64_t input, kernel, stride, padding, output;

    bool operator==(const Axis&) const = default;

    int64_t first_pixel(int64_t position) const { return position * stride - padding; }
    int64_t first_tap(int64_t position) const { return std::max<int64_t>(0, -first_pixel(position)); }
    int64_t end_tap(int64_t position) const { return std::min(kernel, input - first_pixel(position)); }
};

struct KernelLayout {
    int dimensions;  // 2; or 1: rows are the length and there is one column
    int implementation;
    bool channels_first;
    Axis rows, columns;
    int64_t channels, filters;

    bool operator==(const KernelLayout&) const = default;

    Shape shape() const;            // as Keras declares the kernel
    Shape bias_shape() const;       // (OH, OW, F) or (OL, F), whatever the format
    int64_t packed_count() const {  // OH OW KH KW C F
        return rows.output * columns.output * rows.kernel * columns.kernel * channels * filters;
    }
    int64_t inside_count() const;   // entries of windows that lie inside the image
    int64_t outside_count() const;  // implementation 2: all other entries; else 0

    // Where tap (i, j, c) of filter f at output position (r, q) lies in `packed`.
    int64_t packed_index(int64_t r, int64_t q, int64_t i, int64_t j, int64_t c, int64_t f) const {
        const int64_t position = r * columns.output + q;
        const int64_t tap = channels_first ? (c * rows.kernel + i) * columns.kernel + j
                                           : (i * columns.kernel + j) * channels + c;
        return (position * rows.kernel * columns.kernel * channels + tap) * filters + f;
    }
};

// `count` elements that follow each other in Keras's order, `stride` apart in memory.
template <typename Float>
struct Run {
    Float* first;
    int64_t stride, count;
};

// Calls visit(Run) so that the runs, one after the other, are the kernel in Keras's order. `Float` is float
// or const float; `outside` may be null unless the implementation is 2.
template <typename Float, typename Visit>
void for_each_run(const KernelLayout& layout, Float* packed, Float* outside, Visit visit);

}  // namespace lcn::layer

#include "kernel_runs.h"
