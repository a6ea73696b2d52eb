// What an activation makes of an error before it, for every activation that a recorded case may have.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

// Element by element: how far the output may be off; the size of the gradient before the activation and how
// far it may be off.
struct ActivationErrors {
    std::vector<double> output, gradient, gradient_error;
};

// `activation` as in get_config; `last` is the length of the output's last axis. `before` and its error, and
// the gradient that is given, in the order of the output.
ActivationErrors activation_errors(const nlohmann::json& activation, int64_t last,
                                   const std::vector<double>& before, const std::vector<double>& before_error,
                                   const std::vector<float>& output_gradient);
