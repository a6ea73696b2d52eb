// The roofline model of a locally connected layer in float32.
#pragma once

#include <algorithm>

#include "probes.h"
#include "rows.h"

namespace bench {

// With Wt = positions * taps * filters, whether a tap is inside the image or not:
//
//   flops = 2 * N * Wt                                            for each operation
//   bytes = 4 * (Wt + N * H * W * C + N * OH * OW * F)            every tensor once, whichever is written
//   floor = max(flops / peak, bytes / bandwidth)                  seconds
struct Work {
    double flops, bytes;

    explicit Work(const Row& row) {
        const Shape& s = *row.shape;
        const double weights = double(s.weights()), n = row.batch;
        flops = 2 * n * weights;
        bytes = 4 * (weights + n * s.rows * s.columns * s.channels + n * double(s.positions()) * s.filters);
    }

    double floor(double peak, double bandwidth) const { return std::max(flops / peak, bytes / bandwidth); }
};

// Fraction of the taps of all windows that lie inside the image; 1 without padding.
double inside_image(const Shape& shape);

// At batch 1, backward_weights is a stream of stores; everything else reads most of its bytes.
inline Bandwidth bandwidth_of(const Row& row) {
    return row.operation == lcn::Operation::backward_weights && row.batch == 1 ? Bandwidth::fill
                                                                               : Bandwidth::read;
}

}  // namespace bench
