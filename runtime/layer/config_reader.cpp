#include <nlohmann/json.hpp>
#include <stdexcept>

#include "config.h"
#include "json_text.h"
#include "keras_object.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

const JsonLimits config_limits{32, 1'000'000};

int64_t integer(const char* key, const json& value) {
    const bool fits = value.is_number_integer() &&
                      (!value.is_number_unsigned() || value.get<uint64_t>() <= uint64_t(INT64_MAX));
    if (!fits) refuse(key, value, "an integer");
    return value.get<int64_t>();
}

bool truth(const char* key, const json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_null()) return false;
    if (!value.is_number()) refuse(key, value, "true or false");
    return value != 0;
}

std::string text(const char* key, const json& value) {
    if (!value.is_string()) refuse(key, value, "a string");
    return value.get<std::string>();
}

Sizes sizes(const char* key, const json& given) {
    const json value = with_plain_lists(given);
    if (!value.is_array()) return integer(key, value);
    std::vector<int64_t> each;
    for (const json& size : value) {
        if (!size.is_number_integer()) refuse(key, value, "integers");
        each.push_back(integer(key, size));
    }
    return Sizes(each);
}

Shape shape(const char* key, const json& given) {
    const json value = with_plain_lists(given);
    if (!value.is_array()) refuse(key, value, "a list of sizes");
    Shape result;
    for (const json& size : value) {
        if (!size.is_null() && (!size.is_number_integer() || size <= 0))
            refuse(key, value, "sizes that are positive or null");
        result.push_back(size.is_null() ? unknown : integer(key, size));
    }
    return result;
}

// Keras compares it with 1, 2 and 3, so 1.0 and true are 1.
int64_t implementation(const char* key, const json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_float() && value == std::round(value.get<double>()) && value < 4 && value > 0)
        return int64_t(value.get<double>());
    return integer(key, value);
}

std::string dtype(const char* key, const json& value) {
    return text(key, policy_name(value));
}

template <typename Own>
Setting<Own> setting(const char* key, const json& value) {
    if (value.is_null()) return nullptr;
    if (value.is_object()) return value.dump();
    const bool is_name = value.is_string() && value.get<std::string>().find('{') == std::string::npos;
    if (!is_name) refuse(key, value, "null, a name or a dictionary");
    return value.get<std::string>();
}

using Read = void (*)(LayerArguments&, const char* key, const json& value);

// A value of null is as if the key were missing.
template <auto field, auto read>
void optional_field(LayerArguments& arguments, const char* key, const json& value) {
    if (!value.is_null()) arguments.*field = read(key, value);
}
template <auto field, auto read>
void field_of(LayerArguments& arguments, const char* key, const json& value) {
    arguments.*field = read(key, value);
}

struct Key {
    const char* name;
    Read read;
};

using A = LayerArguments;
const Key keys[] = {
    {"name", optional_field<&A::name, text>},
    {"trainable", field_of<&A::trainable, truth>},
    {"dtype", optional_field<&A::dtype, dtype>},
    {"dynamic", field_of<&A::dynamic, truth>},
    {"autocast", field_of<&A::autocast, truth>},
    {"input_shape", optional_field<&A::input_shape, shape>},
    {"batch_input_shape", optional_field<&A::batch_input_shape, shape>},
    {"batch_size", optional_field<&A::batch_size, integer>},
    {"input_dim", optional_field<&A::input_dim, integer>},
    {"filters", field_of<&A::filters, integer>},
    {"kernel_size", field_of<&A::kernel_size, sizes>},
    {"strides", field_of<&A::strides, sizes>},
    {"padding", field_of<&A::padding, text>},
    {"data_format", optional_field<&A::data_format, text>},
    {"activation", field_of<&A::activation, setting<ActivationFunction>>},
    {"use_bias", field_of<&A::use_bias, truth>},
    {"kernel_initializer", field_of<&A::kernel_initializer, setting<InitializerFunction>>},
    {"bias_initializer", field_of<&A::bias_initializer, setting<InitializerFunction>>},
    {"kernel_regularizer", field_of<&A::kernel_regularizer, setting<RegularizerFunction>>},
    {"bias_regularizer", field_of<&A::bias_regularizer, setting<RegularizerFunction>>},
    {"activity_regularizer", field_of<&A::activity_regularizer, setting<RegularizerFunction>>},
    {"kernel_constraint", field_of<&A::kernel_constraint, setting<ConstraintFunction>>},
    {"bias_constraint", field_of<&A::bias_constraint, setting<ConstraintFunction>>},
    {"implementation", field_of<&A::implementation, implementation>},
};

json parse(const std::string& config) {
    try {
        return parse_json(config, config_limits);
    } catch (const std::runtime_error& e) {
        throw std::invalid_argument(std::string("config: ") + e.what());
    }
}

// A layer's dictionary holds the configuration; its other keys say nothing about the arguments.
json unwrapped(int dimensions, const json& value) {
    if (!value.is_object()) refuse("config", value, "a dictionary");
    if (!value.contains("class_name")) return value;
    const std::string class_name = "LocallyConnected" + std::to_string(dimensions) + "D";
    const KerasObject layer = parse_keras_object("config", value, value.contains("module") ? "layers" : "");
    if (layer.name != class_name) refuse("config.class_name", layer.name, "\"" + class_name + "\"");
    return layer.config;
}

}  // namespace

LayerArguments arguments_from_config(int dimensions, const std::string& text) {
    const json config = unwrapped(dimensions, parse(text));
    for (const char* required : {"filters", "kernel_size"})
        if (!config.contains(required))
            throw std::invalid_argument(std::string("config: ") + required + " is missing");
    LayerArguments arguments{0, 0};
    for (const auto& [name, value] : config.items()) {
        const auto key = std::find_if(std::begin(keys), std::end(keys),
                                      [&name = name](const Key& k) { return k.name == name; });
        if (key == std::end(keys))
            throw std::invalid_argument("config: unknown key " + excerpt(name) + " with the value " +
                                        excerpt(value));
        key->read(arguments, key->name, value);
    }
    return arguments;
}

}  // namespace lcn::layer
