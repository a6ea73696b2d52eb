#include "activations.h"

#include <algorithm>
#include <cmath>

namespace lcn_test {

namespace {

using lcn::Function;
using P = const lcn::Activation&;

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}
double softplus(double x) {
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}
double normal_distribution(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double normal_density(double x) {
    return std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0));
}

constexpr double selu_scale = 1.05070098, selu_alpha = 1.67326324;

double relu(double x, P p) {
    if (x >= p.max_value) return p.max_value;
    if (x > p.threshold) return x;
    return p.alpha == 0 ? 0 : p.alpha * (x - p.threshold);  // 0 also at -inf
}
double relu_slope(double x, P p) {
    if (x > p.max_value) return 0;
    return x > p.threshold ? 1 : x == p.threshold ? 0 : p.alpha;
}
double relu6(double x, P) {
    return std::min(std::max(x, 0.0), 6.0);
}
double relu6_slope(double x, P) {
    return x > 0 && x < 6 ? 1 : 0;
}
double leaky_relu(double x, P p) {
    return x > 0 ? x : p.alpha * x;
}
double leaky_relu_slope(double x, P p) {
    return x > 0 ? 1 : p.alpha;
}
double elu(double x, P p) {
    return x > 0 ? x : p.alpha * std::expm1(x);
}
double elu_slope(double x, P p) {
    return x >= 0 ? 1 : p.alpha * std::exp(x);
}
double selu(double x, P) {
    return selu_scale * (x > 0 ? x : selu_alpha * std::expm1(x));
}
double selu_slope(double x, P) {
    return selu_scale * (x >= 0 ? 1 : selu_alpha * std::exp(x));
}
double hard_sigmoid(double x, P) {
    return std::min(std::max(0.2 * x + 0.5, 0.0), 1.0);
}
double hard_sigmoid_slope(double x, P) {
    return std::abs(x) <= 2.5 ? 0.2 : 0;
}
double linear(double x, P) {
    return x;
}
double linear_slope(double, P) {
    return 1;
}
double softplus(double x, P) {
    return softplus(x);
}
double sigmoid(double x, P) {
    return sigmoid(x);
}
double sigmoid_slope(double x, P) {
    return sigmoid(x) * sigmoid(-x);
}
double softsign(double x, P) {
    return x / (1 + std::abs(x));
}
double softsign_slope(double x, P) {
    return 1 / ((1 + std::abs(x)) * (1 + std::abs(x)));
}
double swish(double x, P) {
    return x * sigmoid(x);
}
double swish_slope(double x, P) {
    return sigmoid(x) * (1 + x * sigmoid(-x));
}
double tanh(double x, P) {
    return std::tanh(x);
}
double tanh_slope(double x, P) {
    return 1 - std::tanh(x) * std::tanh(x);
}
double exponential(double x, P) {
    return std::exp(x);
}
double gelu(double x, P) {
    return x * normal_distribution(x);
}
double gelu_slope(double x, P) {
    return normal_distribution(x) + x * normal_density(x);
}
double mish(double x, P) {
    return x * std::tanh(softplus(x));
}
double mish_slope(double x, P) {
    const double t = std::tanh(softplus(x));
    return t + x * sigmoid(x) * (1 - t * t);
}

// `denormal`: half a unit of the last denormal is lost where a result is rounded to it. `flushed`: an
// exponential below the normal numbers may be taken as 0, also times |x| < 256.
constexpr double denormal = 0x1p-149, flushed = 0x1p-118;

constexpr Tolerance none{0, 0, 0}, once{1, 0, denormal}, rounded{3, 0, denormal}, of_one{3, 1, 0};
constexpr Tolerance of_x{4, 0, denormal, false, true}, underflowing{3, 0, flushed};
constexpr Tolerance of_exp{4, 0, flushed, true};
// x (1 - s(x)) loses |x| units until the sigmoid s, or the square of a tanh, is 1: at 17 or before.
constexpr Tolerance of_complement{17, 1, 0};

lcn::Activation relu_with(float alpha, float max_value, float threshold) {
    return {Function::relu, alpha, max_value, threshold};
}

}  // namespace

const std::vector<ActivationCase>& activation_cases() {
    const float infinity = HUGE_VALF;
    static const std::vector<ActivationCase> cases = {
        {{Function::linear}, linear, linear_slope, none, none},
        {relu_with(0, infinity, 0), relu, relu_slope, none, none},
        {relu_with(0.1f, infinity, 0), relu, relu_slope, rounded, none},
        {relu_with(0, 1.5f, 0), relu, relu_slope, none, none},
        {relu_with(0, infinity, 0.5f), relu, relu_slope, none, none},
        {relu_with(0.25f, 4.5f, 1.5f), relu, relu_slope, rounded, none},
        {{Function::relu6}, relu6, relu6_slope, none, none},
        {{Function::leaky_relu, 0.2f}, leaky_relu, leaky_relu_slope, once, none},
        {{Function::elu, 1.0f}, elu, elu_slope, rounded, of_exp},
        {{Function::elu, 0.3f}, elu, elu_slope, rounded, of_exp},
        {{Function::selu}, selu, selu_slope, rounded, of_exp},
        {{Function::softplus}, softplus, sigmoid, of_exp, of_exp},
        {{Function::softsign}, softsign, softsign_slope, rounded, underflowing},
        {{Function::swish}, swish, swish_slope, of_exp, of_complement},
        {{Function::tanh}, tanh, tanh_slope, rounded, of_one},
        {{Function::sigmoid}, sigmoid, sigmoid_slope, of_exp, of_one},
        {{Function::exponential}, exponential, exponential, of_exp, of_exp},
        {{Function::hard_sigmoid}, hard_sigmoid, hard_sigmoid_slope, of_one, once},
        {{Function::gelu}, gelu, gelu_slope, of_x, of_one},
        {{Function::mish}, mish, mish_slope, of_exp, of_complement},
    };
    return cases;
}

bool near(float actual, double expected, double x, const Tolerance& t) {
    if (std::isnan(expected)) return std::isnan(actual);
    if (std::isinf(expected) || std::isinf(actual)) {
        // Up to the tolerance, float32 may overflow where the formula does not, or the other way round.
        const double same_sign = expected > 0 ? actual : -double(actual);
        return same_sign > 0x1.ffff00p127 && std::abs(expected) > 0x1.ffff00p127;
    }
    const double scale = std::max({std::abs(expected), t.scale, t.scale_is_x ? std::abs(x) : 0.0, 0x1p-126});
    const double ulps = t.ulps + (t.follows_exp ? std::min(std::abs(x), 128.0) : 0.0);
    return std::abs(actual - expected) <= ulps * std::ldexp(1.0, std::ilogb(scale) - 23) + t.absolute;
}

}  // namespace lcn_test
