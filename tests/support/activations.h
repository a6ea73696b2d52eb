// The activations as formulas in double, and how near to them float32 has to come.
#pragma once

#include <vector>

#include "lcn/lcn.h"

namespace lcn_test {

// A result may be off by `ulps` units in the last place of max(|result|, scale), and by `absolute`. Where
// `follows_exp` is set there are min(|x|, 128) more units: exp(x) takes x - k ln 2, whose rounding without
// FMA loses that much.
struct Tolerance {
    double ulps, scale, absolute;
    bool follows_exp = false;
    bool scale_is_x = false;  // the scale is |x|
};

struct ActivationCase {
    lcn::Activation activation;
    double (*value)(double x, const lcn::Activation& parameters);
    double (*derivative)(double x, const lcn::Activation& parameters);
    Tolerance value_tolerance, derivative_tolerance;
};

// Every function of lcn::Function, those with parameters several times.
const std::vector<ActivationCase>& activation_cases();

// Whether a float32 result is near enough to its formula at x.
bool near(float actual, double expected, double x, const Tolerance& tolerance);

}  // namespace lcn_test
