#include "layer_config.h"

#include <algorithm>

#include "errors.h"
#include "json_text.h"

namespace lcn::tool {

using namespace layer;

using nlohmann::json;

namespace {

const JsonLimits config_limits{16, 10'000};

bool read_positive(const json& value, int64_t& result) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > uint64_t(INT64_MAX)) return false;
    result = value.get<int64_t>();
    return result > 0;
}

bool read_pair(const json& value, int64_t& rows, int64_t& columns) {
    return value.is_array() && value.size() == 2 && read_positive(value[0], rows) &&
           read_positive(value[1], columns);
}

bool read_data_format(const json& value, DataFormat& format) {
    format = value == "channels_first" ? DataFormat::channels_first : DataFormat::channels_last;
    return value == "channels_first" || value == "channels_last";
}

bool read_batch_input_shape(const json& value, Shape& shape) {
    if (!value.is_array() || value.size() != 4) return false;
    for (const json& size : value) {
        int64_t known = -1;
        if (!size.is_null() && !read_positive(size, known)) return false;
        shape.push_back(known);
    }
    return true;
}

// The weights are given, so how they begin does not matter.
bool is_initializer(const json& value, LayerConfig&) {
    return value.is_null() || value.is_string() || value.is_object();
}

bool is_null(const json& value, LayerConfig&) {
    return value.is_null();
}

// One key of the configuration. read() returns false when the value is not `expected`.
struct Key {
    const char* name;
    const char* expected;
    bool required;
    bool (*read)(const json& value, LayerConfig& layer);
};

const bool required = true, optional = false;

const Key keys[] = {
    {"implementation", "1", optional, [](const json& v, LayerConfig&) { return v == 1; }},
    {"filters", "a positive integer", required,
     [](const json& v, LayerConfig& l) { return read_positive(v, l.problem.filters); }},
    {"kernel_size", "two positive integers", required,
     [](const json& v, LayerConfig& l) {
         return read_pair(v, l.problem.kernel_rows, l.problem.kernel_columns);
     }},
    {"strides", "two positive integers", optional,
     [](const json& v, LayerConfig& l) {
         return read_pair(v, l.problem.stride_rows, l.problem.stride_columns);
     }},
    {"padding", "\"valid\"", optional, [](const json& v, LayerConfig&) { return v == "valid"; }},
    // Keras resolves null by a setting that the configuration does not hold.
    {"data_format", "\"channels_last\" or \"channels_first\"", required,
     [](const json& v, LayerConfig& l) { return read_data_format(v, l.problem.data_format); }},
    {"activation", "an activation", optional,
     [](const json& v, LayerConfig& l) {
         l.problem.activation = parse_activation(v);
         return true;
     }},
    {"use_bias", "true or false", optional,
     [](const json& v, LayerConfig& l) {
         l.use_bias = v == true;
         return v.is_boolean();
     }},
    {"kernel_initializer", "an initializer", optional, is_initializer},
    {"bias_initializer", "an initializer", optional, is_initializer},
    {"kernel_regularizer", "null", optional, is_null},
    {"bias_regularizer", "null", optional, is_null},
    {"activity_regularizer", "null", optional, is_null},
    {"kernel_constraint", "null", optional, is_null},
    {"bias_constraint", "null", optional, is_null},
    {"name", "a string", optional, [](const json& v, LayerConfig&) { return v.is_string(); }},
    {"trainable", "true or false", optional, [](const json& v, LayerConfig&) { return v.is_boolean(); }},
    {"dtype", "\"float32\"", optional, [](const json& v, LayerConfig&) { return v == "float32"; }},
    {"batch_input_shape", "four sizes, null where unknown", optional,
     [](const json& v, LayerConfig& l) { return read_batch_input_shape(v, l.batch_input_shape); }},
};

}  // namespace

void refuse(const std::string& key, const json& value, const std::string& expected) {
    throw Refused("config: " + key + " " + excerpt(value) + " is not supported, expected " + expected);
}

LayerConfig parse_layer_config(const std::string& text) {
    json config;
    try {
        config = parse_json(text, config_limits);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(std::string("config: ") + e.what());
    }
    if (!config.is_object()) throw std::runtime_error("config: not a JSON object: " + excerpt(config));

    LayerConfig layer;
    for (const Key& key : keys)
        if (const auto value = config.find(key.name); value == config.end()) {
            if (key.required)
                throw Refused(std::string("config: ") + key.name + " is missing, expected " + key.expected);
        } else if (!key.read(*value, layer)) {
            refuse(key.name, *value, key.expected);
        }
    for (const auto& [name, value] : config.items())
        if (std::none_of(std::begin(keys), std::end(keys), [&](const Key& key) { return name == key.name; }))
            throw Refused("config: unknown key " + excerpt(name) + " with the value " + excerpt(value));
    return layer;
}

}  // namespace lcn::tool
