// Initializers at work on weights of their own, for tests.
#pragma once

#include <cmath>
#include <vector>

#include "initializers.h"

namespace lcn_test {

using Floats = std::vector<float>;

// A weight's values in Keras's order, filled. `layout` is that of a kernel, or null for a weight that lies in
// Keras's order. Elements that nobody sets stay NaN.
inline Floats filled(const lcn::layer::Initializer& initializer, const lcn::Shape& shape,
                     const lcn::layer::KernelLayout* layout = nullptr, lcn::layer::Fans of_position = {}) {
    lcn::layer::Variable<float> variable{shape, layout, nullptr, nullptr, 0, 0};
    variable.packed_count = layout ? layout->packed_count() : variable.count();
    variable.outside_count = layout ? layout->outside_count() : 0;
    Floats packed(variable.packed_count, NAN), outside(variable.outside_count, NAN);
    variable.packed = packed.data();
    variable.outside = outside.data();
    lcn::layer::fill(initializer, variable, of_position);
    Floats values;
    variable.for_each([&](const float& element) { values.push_back(element); });
    return values;
}

inline Floats filled(const std::string& text, const lcn::Shape& shape) {
    return filled(lcn::layer::parse_initializer("kernel_initializer", text), shape);
}

struct Moments {
    double mean, std, min, max;
};
inline Moments moments(const Floats& values) {
    Moments m{0, 0, INFINITY, -INFINITY};
    for (const float value : values) {
        m.mean += value / double(values.size());
        m.min = std::fmin(m.min, value);
        m.max = std::fmax(m.max, value);
    }
    for (const float value : values) m.std += (value - m.mean) * (value - m.mean) / double(values.size());
    m.std = std::sqrt(m.std);
    return m;
}

}  // namespace lcn_test
