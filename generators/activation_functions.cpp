#include "activation_functions.h"

#include <initializer_list>

namespace lcn::generators {

using Halide::Expr;
using Halide::select;

namespace {

Expr polynomial(Expr x, std::initializer_list<float> highest_first) {
    Expr sum = 0.0f;
    for (float coefficient : highest_first) sum = sum * x + coefficient;
    return sum;
}

// exp(x) = 2^k exp(r) with |r| <= ln(2) / 2; ln(2) in two parts and the polynomial are the Cephes library's
// (expf.c). Halide's own exp calls floorf where the target has no such instruction, and its exponent wraps
// for huge arguments.
Expr exponential(Expr x) {
    const Expr y = Halide::clamp(x, -104.0f, 89.0f);  // beyond: 0 and infinity
    const Expr k = Halide::cast<int>(y * 1.44269504f + select(y < 0.0f, -0.5f, 0.5f));
    const Expr whole = Halide::cast<float>(k);
    // Strict: regrouping would undo the two parts, here and in the power below.
    const Expr r = Halide::strict_float((y - whole * 0.693359375f) + whole * 2.12194440e-4f);
    const Expr p = polynomial(r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
                                  1.6666665459e-1f, 5.0000001201e-1f});
    // The power in two factors: 2^k itself need not be a normal number.
    const Expr half = k >> 1, rest = k - half, value = p * r * r + r + 1.0f;
    auto power = [](Expr n) { return Halide::reinterpret<float>((n + 127) << 23); };
    return Halide::strict_float((value * power(half)) * power(rest));
}

// exp(x) - 1 without cancellation. Below 1/2 the Taylor series to x^9; its remainder is below 0.5^9 / 10! =
// 6e-10 of x.
Expr exp_minus_1(Expr x) {
    const Expr series = x * polynomial(x, {1 / 362880.0f, 1 / 40320.0f, 1 / 5040.0f, 1 / 720.0f, 1 / 120.0f,
                                           1 / 24.0f, 1 / 6.0f, 1 / 2.0f, 1.0f});
    return select(Halide::abs(x) < 0.5f, series, exponential(x) - 1.0f);
}

// log(1 + u) for 0 <= u <= 1 as 2 atanh(s), s = u / (2 + u) <= 1/3; the series to s^15 leaves less than 2e-9
// of it.
Expr log_1_plus(Expr u) {
    const Expr s = u / (2.0f + u);
    return 2.0f * s *
           polynomial(s * s, {1 / 15.0f, 1 / 13.0f, 1 / 11.0f, 1 / 9.0f, 1 / 7.0f, 1 / 5.0f, 1 / 3.0f, 1.0f});
}

Expr sigmoid(Expr x) {
    return 1.0f / (1.0f + exponential(-x));
}

// tanh(x) = e / (e + 2) with e = exp(2x) - 1; beyond 10 it is 1 to the last bit.
Expr hyperbolic_tangent(Expr x) {
    const Expr e = exp_minus_1(2.0f * Halide::clamp(x, -10.0f, 10.0f));
    return e / (e + 2.0f);
}

// erf by the rational approximations of the Cephes library (ndtrf.c): a polynomial in x^2 below 1; beyond,
// 1 - exp(-x^2) / x * (a polynomial in 1 / x^2, one below 2 and one above).
Expr error_function(Expr x) {
    const Expr small =
        x * polynomial(x * x, {7.853861353153693e-5f, -8.010193625184903e-4f, 5.188327685732524e-3f,
                               -2.685381193529856e-2f, 1.128358514861418e-1f, -3.761262582423300e-1f,
                               1.128379165726710e+0f});
    const Expr magnitude = Halide::clamp(Halide::abs(x), 1.0f, 10.0f), q = 1.0f / magnitude, y = q * q;
    const Expr below_2 =
        polynomial(y, {2.326819970068386e-2f, -1.387039388740657e-1f, 3.687424674597105e-1f,
                       -5.824733027278666e-1f, 6.210004621745983e-1f, -4.944515323274145e-1f,
                       3.404879937665872e-1f, -2.741127028184656e-1f, 5.638259427386472e-1f});
    const Expr above_2 = polynomial(
        y, {-1.047766399936249e+1f, 1.297719955372516e+1f, -7.495518717768503e+0f, 2.921019019210786e+0f,
            -1.015265279202700e+0f, 4.218463358204948e-1f, -2.820767439740514e-1f, 5.641895067754075e-1f});
    const Expr large =
        1.0f - exponential(-magnitude * magnitude) * q * select(magnitude < 2.0f, below_2, above_2);
    return select(Halide::abs(x) < 1.0f, small, x < 0.0f, -large, large);
}

Expr normal_distribution(Expr x) {
    return 0.5f * (1.0f + error_function(x * 0.70710678f));
}
Expr normal_density(Expr x) {
    return 0.39894228f * exponential(-0.5f * x * x);
}

// tanh(softplus(x)) = n / (n + 2) with n = exp(x) (exp(x) + 2); beyond 20 it is 1 to the last bit.
Expr tanh_softplus(Expr x) {
    const Expr e = exponential(Halide::min(x, 20.0f)), n = e * (e + 2.0f);
    return n / (n + 2.0f);
}
// 1 less that, without the difference.
Expr tanh_softplus_complement(Expr x) {
    const Expr e = exponential(Halide::min(x, 20.0f));
    return 2.0f / (e * (e + 2.0f) + 2.0f);
}

const float selu_scale = 1.05070098f, selu_alpha = 1.67326324f;

Expr below_threshold(Expr x, const Parameters& p) {
    return select(p.alpha == 0.0f, 0.0f, p.alpha * (x - p.threshold));  // alpha 0 maps even -inf to 0
}

}  // namespace

const std::map<std::string, ActivationFunction>& activation_functions() {
    using P = const Parameters&;
    static const std::map<std::string, ActivationFunction> all = {
        {"relu",
         {[](Expr x, P p) {
              return select(x >= p.max_value, p.max_value, x > p.threshold, x, below_threshold(x, p));
          },
          [](Expr x, P p) {
              return select(x > p.max_value, 0.0f, x > p.threshold, 1.0f, x == p.threshold, 0.0f, p.alpha);
          }}},
        {"relu6",
         {[](Expr x, P) { return Halide::clamp(x, 0.0f, 6.0f); },
          [](Expr x, P) { return select(x > 0.0f && x < 6.0f, 1.0f, 0.0f); }}},
        {"leaky_relu",
         {[](Expr x, P p) { return select(x > 0.0f, x, p.alpha * x); },
          [](Expr x, P p) { return select(x > 0.0f, 1.0f, p.alpha); }}},
        {"elu",
         {[](Expr x, P p) { return select(x >= 0.0f, x, p.alpha * exp_minus_1(x)); },
          [](Expr x, P p) { return select(x >= 0.0f, 1.0f, p.alpha * exponential(x)); }}},
        {"selu",
         {[](Expr x, P) { return selu_scale * select(x >= 0.0f, x, selu_alpha * exp_minus_1(x)); },
          [](Expr x, P) { return selu_scale * select(x >= 0.0f, 1.0f, selu_alpha * exponential(x)); }}},
        {"softplus",
         {[](Expr x, P) { return Halide::max(x, 0.0f) + log_1_plus(exponential(-Halide::abs(x))); },
          [](Expr x, P) { return sigmoid(x); }}},
        {"softsign",
         {[](Expr x, P) { return x / (1.0f + Halide::abs(x)); },
          [](Expr x, P) { return 1.0f / ((1.0f + Halide::abs(x)) * (1.0f + Halide::abs(x))); }}},
        {"swish",
         {[](Expr x, P) { return x * sigmoid(x); },
          [](Expr x, P) { return sigmoid(x) * (1.0f + x * (1.0f - sigmoid(x))); }}},
        {"tanh",
         {[](Expr x, P) { return hyperbolic_tangent(x); },
          [](Expr x, P) { return 1.0f - hyperbolic_tangent(x) * hyperbolic_tangent(x); }}},
        {"sigmoid",
         {[](Expr x, P) { return sigmoid(x); }, [](Expr x, P) { return sigmoid(x) * (1.0f - sigmoid(x)); }}},
        {"exponential", {[](Expr x, P) { return exponential(x); }, [](Expr x, P) { return exponential(x); }}},
        {"hard_sigmoid",
         {[](Expr x, P) { return Halide::clamp(0.2f * x + 0.5f, 0.0f, 1.0f); },
          [](Expr x, P) { return select(Halide::abs(x) <= 2.5f, 0.2f, 0.0f); }}},
        {"gelu",
         {[](Expr x, P) { return x * normal_distribution(x); },
          [](Expr x, P) { return normal_distribution(x) + x * normal_density(x); }}},
        {"mish",
         {[](Expr x, P) { return select(x > 20.0f, x, x * tanh_softplus(x)); },  // x n / (n + 2) overflows
          [](Expr x, P) {
              const Expr t = tanh_softplus(x);
              const Expr rest = select(x > 20.0f, 0.0f, tanh_softplus_complement(x) * (1.0f + t));
              return t + x * sigmoid(x) * rest;
          }}},
    };
    return all;
}

}  // namespace lcn::generators
