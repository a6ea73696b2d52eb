#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lcn/layer.h"

namespace lcn::layer {

// The value of Keras's Constant: a number, which has the shape []; a nested list; or an array as Keras 2
// writes it, {"class_name": "__numpy__" or "__tensor__", "config": {"value": [...], "dtype": "float32"}}.
// Throws std::invalid_argument naming the argument and what is wrong.
Tensor parse_constant_value(const std::string& argument, const nlohmann::json& value);

}  // namespace lcn::layer
