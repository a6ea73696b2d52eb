#pragma once

#include <map>
#include <string>

#include "Halide.h"

namespace lcn::generators {

// The parameters of an activation, all read at run time.
struct Parameters {
    Halide::Expr alpha, max_value, threshold;
};

// An activation and its derivative, as expressions of the value before the activation. The derivatives at
// kinks are Keras's: relu 0 at its threshold and 1 at max_value, relu6 0 at both ends, leaky_relu alpha at 0,
// elu and selu the right-hand slope at 0, hard_sigmoid 0.2 at both ends.
struct ActivationFunction {
    Halide::Expr (*value)(Halide::Expr x, const Parameters&);
    Halide::Expr (*derivative)(Halide::Expr x, const Parameters&);
};

// Every elementwise activation of Keras, by name.
const std::map<std::string, ActivationFunction>& activation_functions();

}  // namespace lcn::generators
