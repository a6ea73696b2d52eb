// How many values a weight's outputs are made of, and how many it goes into: what scaling initializers go by.
#pragma once

#include <algorithm>
#include <string>

#include "lcn/layer.h"

namespace lcn::layer {

struct Fans {
    double in, out;
};

// Keras takes every weight for a convolution's kernel: (..., in, out), where all axes before these two are
// the window. So for this layer's weights positions count as well.
inline Fans keras_fans(const Shape& declared) {
    const size_t rank = declared.size();
    if (rank < 2) return {double(declared.at(0)), double(declared.at(0))};
    double window = 1;
    for (size_t axis = 0; axis + 2 < rank; axis++) window *= double(declared[axis]);
    return {window * double(declared[rank - 2]), window * double(declared[rank - 1])};
}

// What the variance is divided by.
inline double scaling_fan(const std::string& mode, const Fans& fans) {
    const double fan = mode == "fan_in" ? fans.in : mode == "fan_out" ? fans.out : (fans.in + fans.out) / 2;
    return std::max(1.0, fan);
}

}  // namespace lcn::layer
