#include "activation_errors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "support/activations.h"

namespace {

using lcn::Activation;
using lcn::Function;
using nlohmann::json;

const double u = std::ldexp(1.0, -24);

Activation elementwise(const json& activation) {
    static const std::map<std::string, Activation> names = {
        {"linear", {Function::linear}},
        {"relu", {Function::relu}},
        {"relu6", {Function::relu6}},
        {"leaky_relu", {Function::leaky_relu, 0.2f}},
        {"elu", {Function::elu, 1.0f}},
        {"selu", {Function::selu}},
        {"softplus", {Function::softplus}},
        {"softsign", {Function::softsign}},
        {"swish", {Function::swish}},
        {"tanh", {Function::tanh}},
        {"sigmoid", {Function::sigmoid}},
        {"exponential", {Function::exponential}},
        {"hard_sigmoid", {Function::hard_sigmoid}},
        {"gelu", {Function::gelu}},
        {"mish", {Function::mish}},
    };
    if (activation.is_string()) return names.at(activation);
    const std::string name = activation.at("class_name");
    const json& config = activation.at("config");
    if (name == "LeakyReLU") return {Function::leaky_relu, config.at("alpha")};
    if (name == "ELU") return {Function::elu, config.at("alpha")};
    if (name == "ThresholdedReLU") return {Function::relu, 0.0f, HUGE_VALF, config.at("theta")};
    if (name != "ReLU") throw std::runtime_error("no formula for " + name);
    const json& most = config.at("max_value");
    return {Function::relu, config.at("negative_slope"), most.is_null() ? HUGE_VALF : most.get<float>(),
            config.at("threshold")};
}

// The largest |a''| near x; the cases stay clear of kinks.
double curvature(Function function, double x) {
    switch (function) {
        case Function::linear:
        case Function::relu:
        case Function::relu6:
        case Function::leaky_relu:
        case Function::hard_sigmoid:
            return 0;
        case Function::exponential:
            return 1.01 * std::exp(x);
        default:
            return 2;  // softsign's at 0; those of the others are less
    }
}

double rounding(const lcn_test::Tolerance& t, double x, double value) {
    const double ulps = t.ulps + (t.follows_exp ? std::abs(x) : 0.0);
    return ulps * 2 * u * std::max({std::abs(value), t.scale, t.scale_is_x ? std::abs(x) : 0.0});
}

const lcn_test::ActivationCase& formulas(Function function) {
    for (const lcn_test::ActivationCase& c : lcn_test::activation_cases())
        if (c.activation.function == function) return c;
    throw std::runtime_error("no formula");
}

void add_elementwise(const Activation& activation, double before, double error, double given,
                     ActivationErrors& errors) {
    const lcn_test::ActivationCase& formula = formulas(activation.function);
    const double value = formula.value(before, activation), slope = formula.derivative(before, activation);
    const double bend = curvature(activation.function, before) * error;
    errors.output.push_back((std::abs(slope) + bend) * error +
                            rounding(formula.value_tolerance, before, value) + 2 * u * std::abs(value));
    errors.gradient.push_back(std::abs(given * slope));
    errors.gradient_error.push_back(
        std::abs(given) *
        (bend + rounding(formula.derivative_tolerance, before, slope) + 2 * u * std::abs(slope)));
}

// One group of softmax or log_softmax: s = exp(z - max) / sum, or z - log(sum(exp(z))).
void add_group(bool log, const double* z, const double* dz, const float* given, int64_t size,
               ActivationErrors& errors) {
    const double most = *std::max_element(z, z + size), roundings = double(size + 8) * 2 * u;
    std::vector<double> s(static_cast<size_t>(size));
    double sum = 0, mean_error = 0, weighted = 0, weighted_size = 0, total = 0, total_size = 0;
    for (int64_t k = 0; k < size; k++) sum += s[size_t(k)] = std::exp(z[k] - most);
    for (int64_t k = 0; k < size; k++) {
        s[size_t(k)] /= sum;
        mean_error += s[size_t(k)] * dz[k];
        weighted += s[size_t(k)] * given[k];
        weighted_size += s[size_t(k)] * std::abs(given[k]);
        total += given[k];
        total_size += std::abs(given[k]);
    }
    for (int64_t k = 0; k < size; k++) {
        // The exponent z - max, and with it s, is also off by its own rounding.
        const double p = s[size_t(k)], exponent = dz[k] + mean_error + u * std::abs(z[k] - most);
        const double relative = exponent + roundings, value = z[k] - most - std::log(sum);
        errors.output.push_back(log ? exponent + roundings * (1 + std::abs(value)) : p * relative);
        errors.gradient.push_back(std::abs(log ? given[k] - p * total : p * (given[k] - weighted)));
        errors.gradient_error.push_back(
            log ? p * (relative * std::abs(total) + roundings * total_size) + roundings * std::abs(given[k])
                : p * (relative * (std::abs(given[k] - weighted) + 2 * weighted_size) +
                       roundings * (std::abs(given[k]) + weighted_size)));
    }
}

}  // namespace

ActivationErrors activation_errors(const json& activation, int64_t last, const std::vector<double>& before,
                                   const std::vector<double>& before_error,
                                   const std::vector<float>& output_gradient) {
    ActivationErrors errors;
    const bool log = activation == "log_softmax";
    if (log || activation == "softmax") {
        for (size_t k = 0; k < before.size(); k += size_t(last))
            add_group(log, &before[k], &before_error[k], &output_gradient[k], last, errors);
        return errors;
    }
    const Activation a = elementwise(activation);
    for (size_t k = 0; k < before.size(); k++)
        add_elementwise(a, before[k], before_error[k], output_gradient[k], errors);
    return errors;
}
