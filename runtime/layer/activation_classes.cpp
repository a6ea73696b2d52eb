#include "activation_classes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lcn::layer {

using nlohmann::json;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

struct Named {
    const char* name;
    Activation activation;
    const char* written;  // as get_config writes it, if otherwise
};

constexpr Named functions[] = {
    {"linear", {Function::linear}, nullptr},
    {"relu", {Function::relu}, nullptr},
    {"relu6", {Function::relu6}, nullptr},
    {"leaky_relu", {Function::leaky_relu, 0.2f}, nullptr},
    {"elu", {Function::elu, 1.0f}, nullptr},
    {"selu", {Function::selu}, nullptr},
    {"softplus", {Function::softplus}, nullptr},
    {"softsign", {Function::softsign}, nullptr},
    {"swish", {Function::swish}, nullptr},
    {"silu", {Function::swish}, "swish"},
    {"tanh", {Function::tanh}, nullptr},
    {"sigmoid", {Function::sigmoid}, nullptr},
    {"exponential", {Function::exponential}, nullptr},
    {"hard_sigmoid", {Function::hard_sigmoid}, nullptr},
    {"gelu", {Function::gelu}, nullptr},
    {"mish", {Function::mish}, nullptr},
};

// A number in the configuration of an activation layer. null stands for infinity where that is the default.
struct Parameter {
    const char* key;
    float Activation::*field;
    float otherwise;
    float least;
};

struct Layer {
    const char* class_name;
    const char* layer_name;  // that Keras gives the first of its class
    Function function;
    std::array<Parameter, 3> parameters;  // those with a key
};

constexpr Layer layers[] = {
    {"ReLU",
     "re_lu",
     Function::relu,
     {{{"max_value", &Activation::max_value, infinity, 0.0f},
       {"negative_slope", &Activation::alpha, 0.0f, 0.0f},
       {"threshold", &Activation::threshold, 0.0f, 0.0f}}}},
    {"LeakyReLU", "leaky_re_lu", Function::leaky_relu, {{{"alpha", &Activation::alpha, 0.3f, -infinity}}}},
    {"ELU", "elu", Function::elu, {{{"alpha", &Activation::alpha, 1.0f, -infinity}}}},
    {"ThresholdedReLU",
     "thresholded_re_lu",
     Function::relu,
     {{{"theta", &Activation::threshold, 1.0f, 0.0f}}}},
};

// What any layer's configuration holds; its batch_input_shape says nothing here.
json common_config(const std::string& argument, const KerasObject& layer, const char* name) {
    const json dtype = policy_name(layer.config.value("dtype", json("float32")));
    if (dtype != "float32") refuse(argument + ".config.dtype", dtype, "\"float32\"");
    return {{"name", layer.config.value("name", json(name))},
            {"trainable", layer.config.value("trainable", json(true))},
            {"dtype", dtype}};
}

std::vector<std::string> common_keys() {
    return {"name", "trainable", "dtype", "batch_input_shape"};
}

float parse_parameter(const std::string& argument, const Parameter& parameter, const json& config) {
    const json value = config.value(parameter.key, json(parameter.otherwise));
    if (!config.contains(parameter.key) || (value.is_null() && parameter.otherwise == infinity))
        return parameter.otherwise;
    const double number = value.is_number() ? value.get<double>() : NAN;
    if (!(std::abs(number) <= std::numeric_limits<float>::max()) || number < parameter.least)
        refuse(argument + ".config." + parameter.key, value,
               parameter.least == 0.0f ? "a number not below 0" : "a number");
    return float(number);
}

LayerActivation elementwise_layer(const std::string& argument, const KerasObject& given, const Layer& layer) {
    Activation activation{layer.function};
    json config = common_config(argument, given, layer.layer_name);
    std::vector<std::string> known = common_keys();
    for (const Parameter& parameter : layer.parameters) {
        if (!parameter.key) break;
        const float value = parse_parameter(argument, parameter, given.config);
        activation.*parameter.field = value;
        config[parameter.key] = value == infinity ? json() : json(value);
        known.push_back(parameter.key);
    }
    check_keys(argument, given, known);
    // Between the two, Keras's own code and its documentation disagree.
    if (activation.max_value < activation.threshold)
        refuse(argument + ".config.max_value", activation.max_value, "a number not below the threshold");
    LayerActivation result{activation};
    result.written = keras_object_json("layers", layer.class_name, config);
    return result;
}

LayerActivation softmax_layer(const std::string& argument, const KerasObject& given) {
    json config = common_config(argument, given, "softmax");
    std::vector<std::string> known = common_keys();
    known.push_back("axis");
    check_keys(argument, given, known);
    const json axis = given.config.value("axis", json(-1));
    const json list = axis.is_array() ? axis : json::array({axis});
    for (const json& one : list)
        if (!one.is_number_integer() || one < -8 || one > 8)
            refuse(argument + ".config.axis", axis, "an axis or a list of axes");
    config["axis"] = axis;
    LayerActivation result;
    result.axes = list.get<std::vector<int64_t>>();
    result.written = keras_object_json("layers", "Softmax", config);
    return result;
}

}  // namespace

std::optional<LayerActivation> named_activation(const std::string& name) {
    for (const Named& function : functions) {
        if (name != function.name) continue;
        LayerActivation activation{function.activation};
        activation.written = function.written ? function.written : function.name;
        return activation;
    }
    if (name != "softmax" && name != "log_softmax") return {};
    LayerActivation activation;
    activation.log = name == "log_softmax";
    activation.written = name;
    return activation;
}

std::optional<LayerActivation> activation_layer(const std::string& argument, const KerasObject& layer) {
    if (layer.name == "Softmax") return softmax_layer(argument, layer);
    for (const Layer& known : layers)
        if (layer.name == known.class_name) return elementwise_layer(argument, layer, known);
    return {};
}

std::string activation_names() {
    std::string names = "null, softmax, log_softmax, Softmax";
    for (const Named& function : functions) names += std::string(", ") + function.name;
    for (const Layer& layer : layers) names += std::string(", ") + layer.class_name;
    return names;
}

}  // namespace lcn::layer
