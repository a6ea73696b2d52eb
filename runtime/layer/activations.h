// The activation of a layer.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lcn/layer.h"
#include "lcn/lcn.h"

namespace lcn::layer {

// One of the kernels' elementwise functions, a softmax, or the user's own.
struct LayerActivation {
    std::optional<Activation> elementwise = {};
    bool log = false;                  // log_softmax
    std::vector<int64_t> axes = {-1};  // of the softmax
    std::optional<ActivationFunction> own = {};
    nlohmann::json written = {};  // as get_config writes it
};

// Takes None, every name of Keras's functions, its activation layers by name or dictionary. Throws
// std::invalid_argument naming the argument.
LayerActivation parse_activation(const std::string& argument, const Setting<ActivationFunction>& setting);

// Refuses, with std::invalid_argument, axes that an output with `rank` dimensions does not have.
void check_activation(const std::string& argument, const LayerActivation& activation, size_t rank);

// As Keras writes it. Throws std::logic_error for a function of one's own.
nlohmann::json to_json(const std::string& argument, const LayerActivation& activation);

// Of an activation that is not elementwise: output = f(before). `output` may be `before` unless it is the
// user's own.
void activate(const LayerActivation& activation, const Shape& shape, const float* before, float* output);

// Of the same: before_gradient = the Jacobian at `before`, transposed, times output_gradient.
void activation_gradient(const LayerActivation& activation, const Shape& shape, const float* before,
                         const float* output_gradient, float* before_gradient);

}  // namespace lcn::layer
