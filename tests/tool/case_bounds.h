// How far a correct layer in float32 may be from what Keras recorded, element by element. Never relative to
// the result: sums cancel.
//
//   u = 2^-24
//   z = bias + sum of x*w, T terms:      dz = T u sum |terms|, whatever the order of the sum
//   output = a(z):                       slope dz + (units of the approximation) u max(1, |output|)
//   g = grad_output a'(z):               dg = |grad_output| (curvature dz + (units of a') u + slope u)
//   each gradient, a sum of T terms p g: T u sum |p| |grad_output| slope + sum |p| dg
//   and u |recorded| in each, as Keras's values were rounded once.
//
// slope is the largest |a'|, curvature the largest |a''| away from kinks, which the cases stay clear of.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "layer_config.h"
#include "reference.h"
#include "lcn/safetensors.h"

using Bounds = std::map<std::string, std::vector<double>>;

struct Smoothness {
    double slope, curvature;
    double value_units, derivative_units;  // errors of lcn's own a and a', in u
};

inline Smoothness smoothness(lcn::Function function) {
    using F = lcn::Function;
    static const std::map<F, Smoothness> table = {
        {F::linear, {1, 0, 0, 0}},     {F::relu, {1, 0, 0, 0}},       {F::relu6, {1, 0, 0, 0}},
        {F::leaky_relu, {1, 0, 1, 0}}, {F::tanh, {1, 0.77, 4, 8}},    {F::sigmoid, {0.25, 0.1, 4, 4}},
        {F::softsign, {1, 2, 4, 4}},   {F::gelu, {1.13, 0.80, 4, 4}},
    };
    return table.at(function);
}

inline reference::Layer reference_layer(const lcn::Problem& p) {
    return {p.batch,
            p.input_rows,
            p.input_columns,
            p.channels,
            p.filters,
            p.kernel_rows,
            p.kernel_columns,
            p.stride_rows,
            p.stride_columns,
            p.padding == lcn::Padding::same,
            p.data_format == lcn::DataFormat::channels_first};
}

inline std::vector<double> magnitudes(const std::vector<float>& values) {
    std::vector<double> result;
    for (const float value : values) result.push_back(std::fabs(value));
    return result;
}

// Bounds for all results in `recorded`, which also holds what the layer was given.
inline Bounds bounds_of(const lcn::Problem& problem, const lcn::tool::Tensors& recorded) {
    const double u = std::ldexp(1.0, -24);
    const Smoothness a = smoothness(problem.activation.function);
    const reference::Layer layer = reference_layer(problem);
    const std::vector<double> input = magnitudes(recorded.at("input").values);
    const std::vector<double> kernel = magnitudes(recorded.at("kernel").values);
    const std::vector<double> output = magnitudes(recorded.at("output").values);
    const std::vector<double> given = magnitudes(recorded.at("grad_output").values);
    const bool with_bias = recorded.count("bias");
    const std::vector<double> bias = with_bias ? magnitudes(recorded.at("bias").values) : std::vector<double>();

    Bounds bounds;
    std::vector<double> gradient(given.size()), gradient_error(given.size());
    const reference::Sums sums =
        reference::forward(layer, input.data(), kernel.data(), with_bias ? bias.data() : nullptr);
    for (size_t k = 0; k < sums.size(); k++) {
        const double before_error = double(sums[k].terms) * u * sums[k].magnitude;
        bounds["output"].push_back(a.slope * before_error + a.value_units * u * std::max(1.0, output[k]) +
                                   u * output[k]);
        gradient[k] = given[k] * a.slope;
        gradient_error[k] = given[k] * (a.curvature * before_error + (a.derivative_units + a.slope) * u);
    }
    const auto add = [&](const char* name, const reference::Sums& terms, const reference::Sums& errors) {
        for (size_t k = 0; k < terms.size(); k++)
            bounds[name].push_back(double(terms[k].terms) * u * terms[k].magnitude + errors[k].magnitude +
                                   u * std::fabs(recorded.at(name).values[k]));
    };
    add("grad_input", reference::backward_input(layer, gradient.data(), kernel.data()),
        reference::backward_input(layer, gradient_error.data(), kernel.data()));
    add("grad_kernel", reference::backward_weights(layer, input.data(), gradient.data()),
        reference::backward_weights(layer, input.data(), gradient_error.data()));
    if (with_bias)
        add("grad_bias", reference::backward_bias(layer, gradient.data()),
            reference::backward_bias(layer, gradient_error.data()));
    return bounds;
}
