#include "layers.h"

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "activations.h"
#include "errors.h"
#include "json_output.h"
#include "json_text.h"
#include "lcn/safetensors.h"
#include "model/model.h"
#include "output_file.h"

namespace lcn::tool {

namespace {

using nlohmann::ordered_json;

// Of the names of lcn::Problem, one row or column for each axis; of LocallyConnected1D the columns are 1.
// One size stands for every axis.
void add_axes(ordered_json& entry, const std::string& prefix, const std::vector<int64_t>& sizes,
              size_t dimensions) {
    entry[prefix + "_rows"] = sizes.front();
    entry[prefix + "_columns"] = dimensions == 1 ? 1 : sizes.back();
}

void add_activation(ordered_json& entry, const Setting<ActivationFunction>& setting) {
    const layer::LayerActivation parsed = layer::parse_activation("activation", setting);
    if (!parsed.elementwise)
        throw std::invalid_argument("activation: got " + parsed.written.dump() +
                                    ", which is no function of single elements: kernels cannot apply it");
    const Activation& a = *parsed.elementwise;
    entry["activation"] = function_name(a.function);
    entry["alpha"] = a.alpha;
    entry["max_value"] = std::isinf(a.max_value) ? ordered_json() : ordered_json(a.max_value);
    entry["threshold"] = a.threshold;
}

ordered_json describe(const LocallyConnectedPart& part) {
    const LayerArguments& arguments = part.layer->arguments();
    const bool channels_first = arguments.data_format == "channels_first";
    std::vector<int64_t> input(part.input_shape.begin() + 1, part.input_shape.end());
    const auto channels = channels_first ? input.begin() : input.end() - 1;

    ordered_json entry = {{"name", part.path}};
    const int64_t number_of_channels = *channels;
    input.erase(channels);
    add_axes(entry, "input", input, input.size());
    entry["channels"] = number_of_channels;
    entry["filters"] = arguments.filters;
    add_axes(entry, "kernel", arguments.kernel_size.values(), input.size());
    add_axes(entry, "stride", arguments.strides.values(), input.size());
    entry["padding"] = arguments.padding;
    entry["data_format"] = *arguments.data_format;
    entry["implementation"] = arguments.implementation;
    entry["bias"] = arguments.use_bias;
    try {
        add_activation(entry, arguments.activation);
    } catch (const std::invalid_argument& e) {
        throw Refused("layer " + layer::excerpt(part.path) + ": " + e.what());
    }
    return entry;
}

std::string line_of(const ordered_json& entry) {
    std::string line = entry.at("name").get<std::string>() + ":";
    for (const auto& [key, value] : entry.items())
        if (key != "name")
            line += " " + key + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
    return printable(line) + "\n";
}

}  // namespace

ordered_json describe_layers(const std::string& path) {
    const SafetensorsFile file(path);
    const auto config = file.header().metadata.find("model_config");
    if (config == file.header().metadata.end())
        throw std::runtime_error(path + ": no metadata entry \"model_config\"");
    Model model(config->second);
    model.tensor_shapes(model.declared_input());
    ordered_json layers = ordered_json::array();
    for (const LocallyConnectedPart& part : model.locally_connected()) layers.push_back(describe(part));
    if (layers.empty()) throw std::runtime_error(path + ": the model has no locally connected layer");
    return layers;
}

void list_layers(const std::string& model_path, bool as_json, const std::string& output_path) {
    const ordered_json layers = describe_layers(model_path);
    std::string text;
    if (as_json)
        text = json_output({{"layers", layers}});
    else
        for (const ordered_json& entry : layers) text += line_of(entry);
    if (output_path.empty()) {
        std::cout << text;
        return;
    }
    check_output(output_path, {model_path});
    write_output(output_path, text);
}

}  // namespace lcn::tool
