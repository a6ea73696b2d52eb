#include "bench/peers/patches.h"

#include <omp.h>

#include <algorithm>
#include <cstring>

Patches::Patches(const Layer& layer)
    : layer_(layer), data_(size_t(layer.positions() * layer.batch * layer.taps())) {}

template <class Use>
void Patches::for_rows(int64_t r, int64_t q, Use use) const {
    const Layer& l = layer_;
    const int64_t top = r * l.stride_rows - l.pad_rows(), left = q * l.stride_columns - l.pad_columns();
    const int64_t first = std::max<int64_t>(0, -left);
    const int64_t length = std::min(l.kernel_columns, l.columns - left) - first;
    for (int64_t i = std::max<int64_t>(0, -top); i < std::min(l.kernel_rows, l.rows - top); i++)
        use((i * l.kernel_columns + first) * l.channels, ((top + i) * l.columns + left + first) * l.channels,
            length * l.channels);
}

void Patches::gather(const float* input) {
    const int64_t image_size = layer_.rows * layer_.columns * layer_.channels;
#pragma omp parallel for
    for (int64_t p = 0; p < layer_.positions(); p++) {
        // The gradients of patches may have overwritten the zeros.
        if (layer_.same) std::memset(of(p), 0, size_t(layer_.batch * layer_.taps()) * sizeof(float));
        for (int64_t n = 0; n < layer_.batch; n++)
            for_rows(p / layer_.output_columns(), p % layer_.output_columns(),
                     [&](int64_t tap, int64_t pixel, int64_t length) {
                         std::memcpy(of(p) + n * layer_.taps() + tap, input + n * image_size + pixel,
                                     size_t(length) * sizeof(float));
                     });
    }
}

// Windows overlap: each thread has images, or with one image bands of rows of even, then of odd number.
void Patches::scatter(float* input_gradient) {
    const int64_t image_size = layer_.rows * layer_.columns * layer_.channels, rows = layer_.output_rows();
    const int64_t high = (layer_.kernel_rows + layer_.stride_rows - 1) / layer_.stride_rows;
    const bool by_image = layer_.batch >= omp_get_max_threads();
    const int64_t band = by_image ? rows : std::max(high, rows / (2 * omp_get_max_threads()));
    const int64_t bands = (rows + band - 1) / band;
    std::memset(input_gradient, 0, size_t(layer_.batch * image_size) * sizeof(float));
    for (int64_t parity : {0, 1})
#pragma omp parallel for collapse(2)
        for (int64_t n = 0; n < layer_.batch; n++)
            for (int64_t b = parity; b < bands; b += 2)
                for (int64_t r = b * band; r < std::min((b + 1) * band, rows); r++)
                    for (int64_t q = 0; q < layer_.output_columns(); q++)
                        for_rows(r, q, [&](int64_t tap, int64_t pixel, int64_t length) {
                            const float* from = of(r * layer_.output_columns() + q) + n * layer_.taps() + tap;
                            float* to = input_gradient + n * image_size + pixel;
                            for (int64_t i = 0; i < length; i++) to[i] += from[i];
                        });
}
