// What the shared libraries of this folder offer to Python: a layer on given tensors, by one method.
#pragma once

#include <cstdint>

struct Layer {
    int64_t rows, columns, channels;
    int64_t kernel_rows, kernel_columns;
    int64_t stride_rows, stride_columns;
    int64_t same;
    int64_t filters;
    int64_t batch;

    int64_t output_rows() const { return extent(rows, kernel_rows, stride_rows); }
    int64_t output_columns() const { return extent(columns, kernel_columns, stride_columns); }
    int64_t positions() const { return output_rows() * output_columns(); }
    int64_t taps() const { return kernel_rows * kernel_columns * channels; }
    int64_t pad_rows() const { return same ? kernel_rows / 2 : 0; }
    int64_t pad_columns() const { return same ? kernel_columns / 2 : 0; }

  private:
    int64_t extent(int64_t input, int64_t kernel, int64_t stride) const {
        return same ? (input + stride - 1) / stride : (input - kernel) / stride + 1;
    }
};

// In the layouts of lcn.h.
struct Tensors {
    const float *input, *kernel, *output_gradient;
    float *output, *input_gradient, *kernel_gradient;
};

#define PEER_API extern "C" __attribute__((visibility("default")))

// Null on failure. `layer` and `tensors` are copied, what they point to is not.
PEER_API void* peer_new(const char* method, const Layer* layer, const Tensors* tensors, int threads);
// 0 when done.
PEER_API int peer_forward(void* peer);
PEER_API int peer_forward_and_gradients(void* peer);
PEER_API void peer_delete(void* peer);
PEER_API const char* peer_settings(const char* method);
