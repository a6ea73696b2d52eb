#pragma once

#include "geometry.h"
#include "kernel_table.h"

namespace lcn {

// What decides which kernel of a device runs a pass: rows x columns of results per position, or pixel.
struct DeviceShape {
    int64_t rows;       // images; taps of a window row for backward_weights
    int64_t columns;    // filters; channels for backward_input
    int64_t sums;       // positions, or pixels, or window rows of all positions: each has rows x columns sums
    int64_t steps;      // of a sum without a break: taps of a window row, or filters, or images
    bool aligned;       // the tensors allow kernels that read four columns at once,
    bool rows_aligned;  // and four elements of the input
    // Of backward_input:
    int64_t pixels_of_row = 0, kernel_columns = 0;
};

// From this batch on, tiles of images share what they read; below, the sum is cut into parts. It decides the
// order of summation.
constexpr int64_t batch_of_device_tiles = 8;

const Kernel* choose_forward_on_device(const Kernels& kernels, const DeviceShape& shape);
const Kernel* choose_backward_input_on_device(const Kernels& kernels, const DeviceShape& shape);
const Kernel* choose_backward_weights_on_device(const Kernels& kernels, const DeviceShape& shape,
                                                bool accumulate);

}  // namespace lcn
