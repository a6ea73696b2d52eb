// The oracle: a locally connected layer as plain loops in double, on plain tensors, sharing no code with lcn.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace reference {

struct Layer {
    int64_t batch, rows, columns, channels;  // input
    int64_t filters, kernel_rows, kernel_columns, stride_rows, stride_columns;
    bool same, channels_first;

    int64_t output_rows() const { return size(rows, kernel_rows, stride_rows); }
    int64_t output_columns() const { return size(columns, kernel_columns, stride_columns); }
    int64_t taps() const { return kernel_rows * kernel_columns * channels; }
    int64_t input_size() const { return batch * rows * columns * channels; }
    int64_t output_size() const { return batch * output_rows() * output_columns() * filters; }
    int64_t bias_size() const { return output_rows() * output_columns() * filters; }
    int64_t kernel_size() const { return bias_size() * taps(); }

    // Input pixel of a tap, or -1 outside.
    int64_t input_row(int64_t r, int64_t i) const { return pixel(r, i, rows, kernel_rows, stride_rows); }
    int64_t input_column(int64_t q, int64_t j) const {
        return pixel(q, j, columns, kernel_columns, stride_columns);
    }

    int64_t input_index(int64_t n, int64_t y, int64_t x, int64_t c) const {
        return channels_first ? ((n * channels + c) * rows + y) * columns + x
                              : ((n * rows + y) * columns + x) * channels + c;
    }
    int64_t output_index(int64_t n, int64_t r, int64_t q, int64_t f) const {
        return channels_first ? ((n * filters + f) * output_rows() + r) * output_columns() + q
                              : ((n * output_rows() + r) * output_columns() + q) * filters + f;
    }
    int64_t bias_index(int64_t r, int64_t q, int64_t f) const { return output_index(0, r, q, f); }
    int64_t kernel_index(int64_t r, int64_t q, int64_t i, int64_t j, int64_t c, int64_t f) const {
        const int64_t tap = channels_first ? (c * kernel_rows + i) * kernel_columns + j
                                           : (i * kernel_columns + j) * channels + c;
        return ((r * output_columns() + q) * taps() + tap) * filters + f;
    }

  private:
    int64_t size(int64_t extent, int64_t kernel, int64_t stride) const {
        return same ? (extent + stride - 1) / stride : (extent - kernel + stride) / stride;
    }
    int64_t pixel(int64_t o, int64_t k, int64_t extent, int64_t kernel, int64_t stride) const {
        const int64_t at = o * stride - (same ? kernel / 2 : 0) + k;
        return at >= 0 && at < extent ? at : -1;
    }
};

// Calls body(output index, input index, kernel index) for every multiply-add of the layer: the one loop nest
// from which all passes follow.
template <typename Body>
void for_each_product(const Layer& l, Body&& body) {
    for (int64_t n = 0; n < l.batch; n++)
        for (int64_t r = 0; r < l.output_rows(); r++)
            for (int64_t q = 0; q < l.output_columns(); q++)
                for (int64_t i = 0; i < l.kernel_rows; i++)
                    for (int64_t j = 0; j < l.kernel_columns; j++) {
                        const int64_t y = l.input_row(r, i), x = l.input_column(q, j);
                        if (y < 0 || x < 0) continue;
                        for (int64_t c = 0; c < l.channels; c++)
                            for (int64_t f = 0; f < l.filters; f++)
                                body(l.output_index(n, r, q, f), l.input_index(n, y, x, c),
                                     l.kernel_index(r, q, i, j, c, f));
                    }
}

// A sum and the sum of its terms' magnitudes, which bounds its rounding error; and the number of terms.
struct Sum {
    double value = 0, magnitude = 0;
    int64_t terms = 0;

    void add(double term) { value += term, magnitude += std::fabs(term), terms++; }
};

using Sums = std::vector<Sum>;

template <typename T>
Sums forward(const Layer& l, const T* input, const T* kernel, const T* bias) {
    Sums sums(l.output_size());
    if (bias)
        for (int64_t n = 0; n < l.batch; n++)
            for (int64_t k = 0; k < l.bias_size(); k++) sums[n * l.bias_size() + k].add(bias[k]);
    for_each_product(l, [&](int64_t o, int64_t x, int64_t w) { sums[o].add(double(input[x]) * kernel[w]); });
    return sums;
}

template <typename T>
Sums backward_input(const Layer& l, const T* output_gradient, const T* kernel) {
    Sums sums(l.input_size());
    for_each_product(
        l, [&](int64_t o, int64_t x, int64_t w) { sums[x].add(double(output_gradient[o]) * kernel[w]); });
    return sums;
}

template <typename T>
Sums backward_weights(const Layer& l, const T* input, const T* output_gradient) {
    Sums sums(l.kernel_size());
    for_each_product(
        l, [&](int64_t o, int64_t x, int64_t w) { sums[w].add(double(input[x]) * output_gradient[o]); });
    return sums;
}

template <typename T>
Sums backward_bias(const Layer& l, const T* output_gradient) {
    Sums sums(l.bias_size());
    for (int64_t n = 0; n < l.batch; n++)
        for (int64_t k = 0; k < l.bias_size(); k++) sums[k].add(output_gradient[n * l.bias_size() + k]);
    return sums;
}

}  // namespace reference
