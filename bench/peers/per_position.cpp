#include <omp.h>

#include <algorithm>
#include <cstring>

#include "bench/peers/method.h"

namespace {

class PerPosition : public Method {
  public:
    PerPosition(const Layer& layer, const Tensors& tensors, Gemm gemm)
        : Method(layer, tensors), gemm_(gemm) {}

    void forward() override {
#pragma omp parallel for
        for (int64_t p = 0; p < layer_.positions(); p++) {
            float beta = 0.0f;
            for_window_rows(p, [&](int64_t image, int64_t tap, int64_t length) {
                gemm_(false, false, layer_.batch, layer_.filters, length, tensors_.input + image,
                      image_size(), tensors_.kernel + tap, layer_.filters, beta,
                      tensors_.output + p * layer_.filters, output_size());
                beta = 1.0f;
            });
        }
    }

    void gradients() override {
        weights_gradient();
        input_gradient();
    }

  private:
    int64_t image_size() const {
        return layer_.rows * layer_.columns * layer_.channels;
    }
    int64_t output_size() const {
        return layer_.positions() * layer_.filters;
    }

    // use(offset in an image, offset in the weights, length) for the rows of a window, cut to the image.
    template <class Use>
    void for_window_rows(int64_t position, Use use) const {
        const Layer& l = layer_;
        const int64_t top = position / l.output_columns() * l.stride_rows - l.pad_rows();
        const int64_t left = position % l.output_columns() * l.stride_columns - l.pad_columns();
        const int64_t first = std::max<int64_t>(0, -left);
        const int64_t length = std::min(l.kernel_columns, l.columns - left) - first;
        for (int64_t i = std::max<int64_t>(0, -top); i < std::min(l.kernel_rows, l.rows - top); i++) {
            const int64_t tap = (i * l.kernel_columns + first) * l.channels;
            use(((top + i) * l.columns + left + first) * l.channels, (position * l.taps() + tap) * l.filters,
                length * l.channels);
        }
    }

    void weights_gradient() {
        const bool cut = layer_.same;
#pragma omp parallel for
        for (int64_t p = 0; p < layer_.positions(); p++) {
            const int64_t size = layer_.taps() * layer_.filters;
            if (cut) std::memset(tensors_.kernel_gradient + p * size, 0, size_t(size) * sizeof(float));
            for_window_rows(p, [&](int64_t image, int64_t tap, int64_t length) {
                gemm_(true, false, length, layer_.filters, layer_.batch, tensors_.input + image, image_size(),
                      tensors_.output_gradient + p * layer_.filters, output_size(), 0.0f,
                      tensors_.kernel_gradient + tap, layer_.filters);
            });
        }
    }

    // Windows overlap: bands of output rows as high as a window, first those of even, then those of odd
    // number.
    void input_gradient() {
        const int64_t rows = layer_.output_rows(), threads = omp_get_max_threads();
        const int64_t high = (layer_.kernel_rows + layer_.stride_rows - 1) / layer_.stride_rows;
        const int64_t band = std::max(high, (rows + 2 * threads - 1) / (2 * threads));
        std::memset(tensors_.input_gradient, 0, size_t(layer_.batch * image_size()) * sizeof(float));
        for (int64_t parity : {0, 1})
#pragma omp parallel for schedule(dynamic)
            for (int64_t row = parity * band; row < rows; row += 2 * band)
                for (int64_t r = row; r < std::min(row + band, rows); r++) input_gradient_of_row(r);
    }

    void input_gradient_of_row(int64_t r) {
        for (int64_t p = r * layer_.output_columns(); p < (r + 1) * layer_.output_columns(); p++)
            for_window_rows(p, [&](int64_t image, int64_t tap, int64_t length) {
                gemm_(false, true, layer_.batch, length, layer_.filters,
                      tensors_.output_gradient + p * layer_.filters, output_size(), tensors_.kernel + tap,
                      layer_.filters, 1.0f, tensors_.input_gradient + image, image_size());
            });
    }

    const Gemm gemm_;
};

}  // namespace

std::unique_ptr<Method> per_position(const Layer& layer, const Tensors& tensors, Gemm gemm) {
    return std::make_unique<PerPosition>(layer, tensors, gemm);
}
