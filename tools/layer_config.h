// The JSON that a Keras layer's get_config() gives, read strictly: what lcn cannot do is refused by name.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lcn/lcn.h"
#include "lcn/safetensors.h"

namespace lcn::tool {

struct LayerConfig {
    Problem problem;  // without the batch, the image's size and the channels, which the input brings
    bool use_bias = true;
    Shape batch_input_shape;  // empty: not given; -1: null
};

// Reads the get_config() of a LocallyConnected2D. Keys that are missing take Keras's defaults; what only says
// how weights begin or what a layer is called is accepted and ignored. Throws Refused for every key and value
// that lcn does not support, std::runtime_error when the text is no JSON object.
LayerConfig parse_layer_config(const std::string& text);

// Reads the value of an `activation` key: null, a name, or one of Keras's activation layers as a dictionary,
// in its older form (class_name, config) or its newer one (with module, registered_name). Throws Refused.
Activation parse_activation(const nlohmann::json& value);

[[noreturn]] void refuse(const std::string& key, const nlohmann::json& value, const std::string& expected);

}  // namespace lcn::tool
