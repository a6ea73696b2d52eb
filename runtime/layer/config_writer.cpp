#include <nlohmann/json.hpp>

#include "config.h"
#include "shape_text.h"

namespace lcn::layer {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

// Keras always writes a pair, or a list of one for one dimension.
json sizes(const Sizes& given, int dimensions) {
    json list = {given.values().front()};
    if (dimensions == 2) list.push_back(given.values().back());
    return list;
}

json initializer(const std::string& argument, const Initializer& initializer,
                 const std::optional<KernelLayout>& layout) {
    if (!layout) return to_json(argument, initializer, nullptr, {});
    const bool is_bias = argument == "bias_initializer";
    const Shape shape = is_bias ? layout->bias_shape() : layout->shape();
    return to_json(argument, initializer, &shape,
                   is_bias ? position_bias_fans(*layout) : position_kernel_fans(*layout));
}

}  // namespace

std::string config_of(const LayerArguments& arguments, const CheckedArguments& layer,
                      const std::optional<KernelLayout>& layout) {
    ordered_json config;
    config["name"] = arguments.name.value();
    config["trainable"] = arguments.trainable;
    if (arguments.batch_input_shape) config["batch_input_shape"] = shape_json(*arguments.batch_input_shape);
    config["dtype"] = arguments.dtype;
    if (arguments.dynamic) config["dynamic"] = true;
    config["filters"] = arguments.filters;
    config["kernel_size"] = sizes(arguments.kernel_size, layer.dimensions);
    config["strides"] = sizes(arguments.strides, layer.dimensions);
    config["padding"] = arguments.padding;
    config["data_format"] = arguments.data_format.value();
    config["activation"] = to_json("activation", layer.activation);
    config["use_bias"] = arguments.use_bias;
    config["kernel_initializer"] = initializer("kernel_initializer", layer.kernel_initializer, layout);
    config["bias_initializer"] = initializer("bias_initializer", layer.bias_initializer, layout);
    config["kernel_regularizer"] = to_json("kernel_regularizer", layer.kernel_regularizer);
    config["bias_regularizer"] = to_json("bias_regularizer", layer.bias_regularizer);
    config["activity_regularizer"] = to_json("activity_regularizer", layer.activity_regularizer);
    config["kernel_constraint"] = to_json("kernel_constraint", layer.kernel_constraint);
    config["bias_constraint"] = to_json("bias_constraint", layer.bias_constraint);
    config["implementation"] = arguments.implementation;
    return config.dump();
}

}  // namespace lcn::layer
