#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lcn::tool {

// Throws Refused, naming the layer, unless the layers of a Functional model's configuration are one chain: an
// InputLayer, then layers that read the output of the one before, once.
void check_is_chain(const std::string& model, const nlohmann::json& config);

}  // namespace lcn::tool
