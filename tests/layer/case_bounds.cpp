#include "case_bounds.h"

#include <cmath>

#include "activation_errors.h"

namespace {

const double u = std::ldexp(1.0, -24);

std::vector<double> doubles(const std::vector<float>& values) {
    return {values.begin(), values.end()};
}

std::vector<double> magnitudes(std::vector<double> values) {
    for (double& value : values) value = std::abs(value);
    return values;
}

std::vector<double> packed_kernel(const std::vector<int64_t>& order, const std::vector<float>& kernel,
                                  int64_t count) {
    std::vector<double> packed(static_cast<size_t>(count));
    for (size_t k = 0; k < order.size(); k++)
        if (order[k] >= 0) packed[size_t(order[k])] = kernel[k];
    return packed;
}

std::vector<double> sum_bounds(const reference::Sums& terms, const reference::Sums& errors) {
    std::vector<double> bounds;
    for (size_t k = 0; k < terms.size(); k++)
        bounds.push_back(double(terms[k].terms) * u * terms[k].magnitude + errors[k].magnitude);
    return bounds;
}

void add_roundings(const RecordedCase& recorded, const std::string& name, double roundings,
                   std::vector<double> bounds, Bounds& all) {
    const std::vector<float>& values = recorded.tensors.at(name).values;
    bounds.resize(values.size());
    for (size_t k = 0; k < values.size(); k++) bounds[k] += roundings * u * std::abs(double(values[k]));
    all[name] = std::move(bounds);
}

// In Keras's order; entries of implementation 2 outside all windows have a gradient of exactly 0.
std::vector<double> in_keras_order(const std::vector<int64_t>& order, const std::vector<double>& packed) {
    std::vector<double> bounds;
    for (const int64_t index : order) bounds.push_back(index >= 0 ? packed[size_t(index)] : 0.0);
    return bounds;
}

}  // namespace

Bounds bounds_of(const RecordedCase& recorded) {
    const auto& tensors = recorded.tensors;
    const reference::Layer layer = reference_layer(recorded);
    const std::vector<int64_t> order = layouts::keras_order(geometry_of(recorded));
    const std::vector<double> input = doubles(tensors.at("input").values);
    const std::vector<double> kernel = packed_kernel(order, tensors.at("kernel").values, layer.kernel_size());
    const bool with_bias = tensors.count("bias");
    const std::vector<double> bias = with_bias ? doubles(tensors.at("bias").values) : std::vector<double>();

    std::vector<double> before, before_error;
    for (const reference::Sum& sum :
         reference::forward(layer, input.data(), kernel.data(), with_bias ? bias.data() : nullptr)) {
        before.push_back(sum.value);
        before_error.push_back(double(sum.terms) * u * sum.magnitude);
    }
    const ActivationErrors errors =
        activation_errors(recorded.config().at("activation"), tensors.at("output").shape.back(), before,
                          before_error, tensors.at("grad_output").values);
    const double *g = errors.gradient.data(), *dg = errors.gradient_error.data();
    const std::vector<double> x = magnitudes(input), w = magnitudes(kernel);

    Bounds bounds;
    add_roundings(recorded, "output", 1, errors.output, bounds);
    add_roundings(recorded, "grad_input", 1,
                  sum_bounds(reference::backward_input(layer, g, w.data()),
                             reference::backward_input(layer, dg, w.data())),
                  bounds);
    add_roundings(recorded, "grad_kernel", 1,
                  in_keras_order(order, sum_bounds(reference::backward_weights(layer, x.data(), g),
                                                   reference::backward_weights(layer, x.data(), dg))),
                  bounds);
    if (with_bias)
        add_roundings(recorded, "grad_bias", 1,
                      sum_bounds(reference::backward_bias(layer, g), reference::backward_bias(layer, dg)),
                      bounds);
    for (const char* name : {"kernel_constrained", "bias_constrained"})
        if (tensors.count(name)) add_roundings(recorded, name, 8, {}, bounds);
    for (const double loss : recorded.losses()) bounds["losses"].push_back(1e-5 * std::abs(loss));
    return bounds;
}
