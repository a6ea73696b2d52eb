#pragma once

#include "keras_model.h"
#include "model/model.h"

// What the model makes of the input; `weights` by their names in the file, all of which it must ask for.
inline lcn::Tensor run_model(const nlohmann::json& config, const lcn::Tensor& input,
                             const lcn::Tensors& weights = {}) {
    lcn::tool::Model model(config.dump());
    const std::map<std::string, lcn::Shape> shapes = model.tensor_shapes(input.shape);
    if (shapes.size() != weights.size()) throw std::runtime_error("other weights are asked for");
    for (const auto& [name, shape] : shapes)
        if (weights.at(name).shape != shape) throw std::runtime_error(name + " has another shape");
    model.set_weights([&](const std::string& name) { return weights.at(name); });
    return model.run(input);
}

inline lcn::Tensor run_layer(const std::string& class_name, const nlohmann::json& config,
                             const lcn::Tensor& input, const lcn::Tensors& weights = {}) {
    return run_model(sequential({keras_layer(class_name, config)}), input, weights);
}
