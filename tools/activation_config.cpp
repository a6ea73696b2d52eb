#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

#include "errors.h"
#include "json_text.h"
#include "layer_config.h"

namespace lcn::tool {

using namespace layer;

using nlohmann::json;

namespace {

const float infinity = std::numeric_limits<float>::infinity();

// Keras's activation functions by name, with the parameters that names imply.
struct Named {
    const char* name;
    Activation activation;
};

const Named functions[] = {
    {"linear", {Function::linear}},
    {"relu", {Function::relu}},
    {"relu6", {Function::relu6}},
    {"leaky_relu", {Function::leaky_relu, 0.2f}},
    {"elu", {Function::elu, 1.0f}},
    {"selu", {Function::selu}},
    {"softplus", {Function::softplus}},
    {"softsign", {Function::softsign}},
    {"swish", {Function::swish}},
    {"silu", {Function::swish}},
    {"tanh", {Function::tanh}},
    {"sigmoid", {Function::sigmoid}},
    {"exponential", {Function::exponential}},
    {"hard_sigmoid", {Function::hard_sigmoid}},
    {"gelu", {Function::gelu}},
    {"mish", {Function::mish}},
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
    Function function;
    std::vector<Parameter> parameters;
};

const Layer layers[] = {
    {"ReLU",
     Function::relu,
     {{"negative_slope", &Activation::alpha, 0.0f, 0.0f},
      {"max_value", &Activation::max_value, infinity, 0.0f},
      {"threshold", &Activation::threshold, 0.0f, 0.0f}}},
    {"LeakyReLU", Function::leaky_relu, {{"alpha", &Activation::alpha, 0.3f, -infinity}}},
    {"ELU", Function::elu, {{"alpha", &Activation::alpha, 1.0f, -infinity}}},
    {"ThresholdedReLU", Function::relu, {{"theta", &Activation::threshold, 1.0f, 0.0f}}},
};

template <typename Row, size_t count>
std::string list(const Row (&rows)[count], const char* Row::*name) {
    std::string text;
    for (const Row& row : rows) text += (text.empty() ? "" : ", ") + std::string(row.*name);
    return text;
}

bool is_one_of(const std::string& key, std::initializer_list<const char*> known) {
    return std::find(known.begin(), known.end(), key) != known.end();
}

// What the configuration of any layer may hold. None of it changes the numbers but another dtype.
bool is_common_key(const std::string& key, const json& value) {
    if (key == "dtype" && value != "float32") refuse("activation.config.dtype", value, "\"float32\"");
    return is_one_of(key, {"name", "trainable", "dtype", "batch_input_shape"});
}

float parse_parameter(const Parameter& parameter, const json& value) {
    if (value.is_null() && parameter.otherwise == infinity) return infinity;
    const double number = value.is_number() ? value.get<double>() : NAN;
    if (!(std::abs(number) <= std::numeric_limits<float>::max()) || number < parameter.least)
        refuse(std::string("activation.config.") + parameter.key, value,
               parameter.least == 0.0f ? "a number not below 0" : "a number");
    return float(number);
}

Activation parse_parameters(const Layer& layer, const json& config) {
    Activation activation{layer.function};
    for (const Parameter& parameter : layer.parameters) activation.*parameter.field = parameter.otherwise;
    for (const auto& [key, value] : config.items()) {
        const auto parameter = std::find_if(layer.parameters.begin(), layer.parameters.end(),
                                            [&key = key](const Parameter& p) { return p.key == key; });
        if (parameter != layer.parameters.end())
            activation.*parameter->field = parse_parameter(*parameter, value);
        else if (!is_common_key(key, value))
            throw Refused("config: unknown key " + excerpt("activation.config." + key) + " with the value " +
                          excerpt(value));
    }
    // Between the two, Keras's own code and its documentation disagree.
    if (activation.max_value < activation.threshold)
        refuse("activation.config.max_value", activation.max_value, "a number not below the threshold");
    return activation;
}

Activation parse_activation_layer(const json& value) {
    for (const auto& [key, ignored] : value.items())
        if (!is_one_of(key, {"class_name", "config", "module", "registered_name", "build_config",
                             "shared_object_id", "__passive_serialization__"}))
            throw Refused("config: unknown key " + excerpt("activation." + key) + " with the value " +
                          excerpt(ignored));
    const json class_name = value.value("class_name", json());
    const auto layer = std::find_if(std::begin(layers), std::end(layers),
                                    [&](const Layer& l) { return class_name == l.class_name; });
    if (layer == std::end(layers))
        refuse("activation.class_name", class_name, "one of " + list(layers, &Layer::class_name));
    // A class of another package may have the same name.
    const json registered_name = value.value("registered_name", json());
    if (!registered_name.is_null()) refuse("activation.registered_name", registered_name, "null");
    const json module = value.value("module", json("keras.layers"));
    if (!is_one_of(module.is_string() ? module.get<std::string>() : "", {"keras.layers", "tf_keras.layers"}))
        refuse("activation.module", module, "\"keras.layers\"");
    const json config = value.value("config", json());
    if (!config.is_object()) refuse("activation.config", config, "a dictionary");
    return parse_parameters(*layer, config);
}

}  // namespace

Activation parse_activation(const json& value) {
    if (value.is_null()) return {};
    if (value.is_object()) return parse_activation_layer(value);
    for (const Named& function : functions)
        if (value == function.name) return function.activation;
    refuse("activation", value,
           "null, one of the layers " + list(layers, &Layer::class_name) + " or one of " +
               list(functions, &Named::name));
}

}  // namespace lcn::tool
