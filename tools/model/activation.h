#pragma once

#include <nlohmann/json.hpp>

#include "activations.h"
#include "lcn/layer.h"

namespace lcn::tool {

// Of a configuration: null, a name or a layer's dictionary. Throws std::invalid_argument.
layer::LayerActivation activation_of(const nlohmann::json& value);

Tensor activated(Tensor input, const layer::LayerActivation& activation);

}  // namespace lcn::tool
