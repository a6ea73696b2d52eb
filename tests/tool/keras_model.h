// Configurations of models as Keras would write them, for tests of `lcn run`.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// A layer's dictionary, named "layer" unless the configuration says otherwise.
inline nlohmann::json keras_layer(const std::string& class_name,
                                  nlohmann::json config = nlohmann::json::object()) {
    if (!config.contains("name")) config["name"] = "layer";
    return {{"class_name", class_name}, {"config", config}};
}

inline nlohmann::json sequential(const std::vector<nlohmann::json>& layers, const std::string& name = "net") {
    return {{"class_name", "Sequential"}, {"config", {{"name", name}, {"layers", layers}}}};
}

// The same as Model class "Functional": every layer is called on the one before.
inline nlohmann::json functional(std::vector<nlohmann::json> layers, const std::string& name = "net") {
    using nlohmann::json;
    for (size_t k = 0; k < layers.size(); k++) {
        layers[k]["name"] = layers[k]["config"]["name"];
        layers[k]["inbound_nodes"] = json::array();
        if (k > 0)
            layers[k]["inbound_nodes"].push_back(
                json::array({json::array({layers[k - 1]["name"], 0, 0, json::object()})}));
    }
    const json first = json::array({json::array({layers.front()["name"], 0, 0})});
    const json last = json::array({json::array({layers.back()["name"], 0, 0})});
    return {
        {"class_name", "Functional"},
        {"config", {{"name", name}, {"layers", layers}, {"input_layers", first}, {"output_layers", last}}}};
}
