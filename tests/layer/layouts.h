// Keras's kernel layouts, written down once more from what Keras does, sharing no code with the library.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace layouts {

struct Geometry {
    int64_t rows, columns, channels, filters, kernel_rows, kernel_columns, stride_rows, stride_columns;
    bool same, channels_first;
    int implementation;

    int64_t output_rows() const { return length(rows, kernel_rows, stride_rows); }
    int64_t output_columns() const { return length(columns, kernel_columns, stride_columns); }
    int64_t length(int64_t size, int64_t kernel, int64_t stride) const {
        int64_t count = 0;  // windows, counted one by one
        for (int64_t start = same ? -(kernel / 2) : 0;
             same ? start + kernel / 2 < size : start + kernel <= size; start += stride)
            count++;
        return count;
    }
};

// A weight: which tap of which filter at which output position.
struct Tap {
    int64_t r, q, f, i, j, c;
};

// Index in the kernel of implementation 1, which is also where lcn keeps it.
inline int64_t packed_index(const Geometry& g, const Tap& t) {
    const int64_t tap = g.channels_first ? (t.c * g.kernel_rows + t.i) * g.kernel_columns + t.j
                                         : (t.i * g.kernel_columns + t.j) * g.channels + t.c;
    const int64_t taps = g.kernel_rows * g.kernel_columns * g.channels;
    return ((t.r * g.output_columns() + t.q) * taps + tap) * g.filters + t.f;
}

// The flat positions of a weight in the input and in the output, as one row of Keras's big matrix sees them.
inline std::pair<int64_t, int64_t> input_and_output(const Geometry& g, const Tap& t) {
    const int64_t y = t.r * g.stride_rows - (g.same ? g.kernel_rows / 2 : 0) + t.i;
    const int64_t x = t.q * g.stride_columns - (g.same ? g.kernel_columns / 2 : 0) + t.j;
    if (y < 0 || y >= g.rows || x < 0 || x >= g.columns) return {-1, -1};
    if (g.channels_first)
        return {(t.c * g.rows + y) * g.columns + x, (t.f * g.output_rows() + t.r) * g.output_columns() + t.q};
    return {(y * g.columns + x) * g.channels + t.c, (t.r * g.output_columns() + t.q) * g.filters + t.f};
}

template <typename Visit>
void for_each_tap(const Geometry& g, Visit visit) {
    for (int64_t r = 0; r < g.output_rows(); r++)
        for (int64_t q = 0; q < g.output_columns(); q++)
            for (int64_t f = 0; f < g.filters; f++)
                for (int64_t i = 0; i < g.kernel_rows; i++)
                    for (int64_t j = 0; j < g.kernel_columns; j++)
                        for (int64_t c = 0; c < g.channels; c++) visit(Tap{r, q, f, i, j, c});
}

// For every element of Keras's kernel its index in the packed one, or -1 for an entry of implementation 2
// outside all windows.
inline std::vector<int64_t> keras_order(const Geometry& g) {
    std::vector<int64_t> order;
    if (g.implementation == 1) {
        for_each_tap(g, [&](const Tap&) { order.push_back(int64_t(order.size())); });
    } else if (g.implementation == 2) {
        const int64_t inputs = g.rows * g.columns * g.channels;
        const int64_t outputs = g.output_rows() * g.output_columns() * g.filters;
        order.assign(size_t(inputs * outputs), -1);
        for_each_tap(g, [&](const Tap& t) {
            if (const auto [in, out] = input_and_output(g, t); in >= 0)
                order[size_t(in * outputs + out)] = packed_index(g, t);
        });
    } else {  // pairs (output, input), sorted
        std::vector<std::pair<std::pair<int64_t, int64_t>, int64_t>> pairs;
        for_each_tap(g, [&](const Tap& t) {
            if (const auto [in, out] = input_and_output(g, t); in >= 0)
                pairs.push_back({{out, in}, packed_index(g, t)});
        });
        std::sort(pairs.begin(), pairs.end());
        for (const auto& pair : pairs) order.push_back(pair.second);
    }
    return order;
}

// A kernel in the layout of g.implementation, rewritten in that of `implementation`; what only the new one
// holds is 0.
inline std::vector<float> converted(Geometry g, const std::vector<float>& kernel, int implementation) {
    const std::vector<int64_t> from = keras_order(g);
    g.implementation = implementation;
    const std::vector<int64_t> to = keras_order(g);
    std::vector<float> packed(size_t(g.output_rows() * g.output_columns() * g.kernel_rows * g.kernel_columns *
                                     g.channels * g.filters));
    for (size_t k = 0; k < from.size(); k++)
        if (from[k] >= 0) packed[size_t(from[k])] = kernel[k];
    std::vector<float> result;
    for (const int64_t index : to) result.push_back(index >= 0 ? packed[size_t(index)] : 0.0f);
    return result;
}

// Every implementation, format and padding over some sizes.
inline std::vector<Geometry> geometries() {
    struct Sizes {
        int64_t rows, columns, channels, filters, kernel_rows, kernel_columns, stride_rows, stride_columns;
    };
    const Sizes sizes[] = {{2, 3, 2, 2, 2, 2, 1, 1}, {3, 1, 2, 2, 2, 1, 1, 1}, {7, 5, 3, 4, 3, 2, 2, 1},
                           {5, 6, 1, 1, 4, 3, 2, 3}, {6, 4, 2, 3, 1, 1, 2, 2}, {4, 5, 2, 3, 4, 5, 1, 1},
                           {3, 3, 1, 2, 2, 3, 5, 4}, {2, 2, 3, 2, 2, 1, 1, 2}};
    std::vector<Geometry> all;
    for (const Sizes& s : sizes)
        for (const bool channels_first : {false, true})
            for (const bool same : {false, true})
                for (int implementation = same ? 2 : 1; implementation <= 3; implementation++)
                    all.push_back({s.rows, s.columns, s.channels, s.filters, s.kernel_rows, s.kernel_columns,
                                   s.stride_rows, s.stride_columns, same, channels_first, implementation});
    const Geometry large = {2, 3, 1, 2, 5, 7, 1, 1, true, false, 3};  // the kernel is larger than the image
    for (int implementation : {2, 3})
        for (const bool channels_first : {false, true}) {
            all.push_back(large);
            all.back().implementation = implementation;
            all.back().channels_first = channels_first;
        }
    return all;
}

}  // namespace layouts
