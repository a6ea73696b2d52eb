// Layers of small models, as configurations have them.
#pragma once

#include "run_model.h"

inline const lcn::Tensor pixels{{1, 2, 2, 1}, {1, 2, 3, 4}};
inline const lcn::Tensors weights = {{"head/kernel", {{4, 1}, {1, 10, 100, 1000}}}};
inline const std::vector<float> result = {4321};

inline nlohmann::json input_layer(const nlohmann::json& shape = {nullptr, 2, 2, 1}) {
    return keras_layer("InputLayer", {{"name", "in"},
                                      {"batch_input_shape", shape},
                                      {"dtype", "float32"},
                                      {"sparse", false},
                                      {"ragged", false},
                                      {"optional", false}});
}
inline nlohmann::json flatten() {
    return keras_layer("Flatten", {{"name", "flat"}, {"data_format", "channels_last"}});
}
inline nlohmann::json head() {
    return keras_layer("Dense",
                       {{"name", "head"}, {"units", 1}, {"use_bias", false}, {"activation", "linear"}});
}
inline nlohmann::json head(const std::string& key, const nlohmann::json& value) {
    nlohmann::json layer = head();
    layer["config"][key] = value;
    return layer;
}
inline nlohmann::json newer(nlohmann::json layer, const std::string& module = "keras.layers") {
    layer["module"] = module;
    layer["registered_name"] = nullptr;
    layer["build_config"] = {{"input_shape", {nullptr, 4}}};
    return layer;
}
