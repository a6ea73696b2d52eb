// A model's configuration, as `lcn convert` keeps it, as the list of its layers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lcn::tool {

struct LayerEntry {
    std::string path;  // its tensors are "<path>/kernel": the names of the models around it but the
                       // outermost, its own
    std::string class_name;
    nlohmann::json config;  // with the name
    bool is_first;          // in its model: batch_input_shape counts there alone

    std::string text() const;  // layer "path" (class_name)
};

// The layers in the order in which they run, those of models inside the model in their place. Takes what any
// Keras 2 writes for Sequential, and Functional models whose layers are one chain. Throws Refused for
// anything else.
std::vector<LayerEntry> read_model_config(const std::string& text);

}  // namespace lcn::tool
