#include "model/layer_options.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "json_text.h"
#include "keras_object.h"
#include "model/member.h"

namespace lcn::tool {

using layer::excerpt;
using layer::refuse;
using nlohmann::json;

namespace {

const std::vector<std::string> common_keys = {"trainable", "dtype",       "dynamic",
                                              "autocast",  "batch_shape", "batch_input_shape"};

Shape declared(const std::string& key, const json& value) {
    if (!value.is_array() || value.empty() || value.size() > max_dimensions)
        refuse(key, value, "a list of at most " + std::to_string(max_dimensions) + " sizes, the batch first");
    Shape shape;
    for (const json& size : value) shape.push_back(size.is_null() ? unknown : small_integer(key, size, 1));
    return shape;
}

void check_dtype(const json& value) {
    const json& policy = member(value, "config");
    const json& name = policy.is_object() ? member(policy, "name") : value;
    if (name != "float32") refuse("dtype", value, "\"float32\"");
}

}  // namespace

int64_t small_integer(const std::string& key, const json& value, int64_t least) {
    if (!value.is_number_integer() || value < least || value > std::numeric_limits<int32_t>::max())
        refuse(key, value, "an integer from " + std::to_string(least) + " to 2147483647");
    return value.get<int64_t>();
}

LayerOptions::LayerOptions(json config) : config_(std::move(config)) {
    const json& name = get("name");
    if (!name.is_string() || name == "") refuse("name", name, "a name");
    name_ = name.get<std::string>();
    if (const json& dtype = get("dtype"); !dtype.is_null()) check_dtype(dtype);
    for (const char* key : {"batch_shape", "batch_input_shape"})
        if (const json& value = get(key); !value.is_null()) declared_shape_ = declared(key, value);
    ignore(common_keys);
}

json LayerOptions::own() {
    json own = config_;
    for (const std::string& key : common_keys) own.erase(key);
    for (const auto& [key, value] : own.items()) known_.insert(key);
    return own;
}

const json& LayerOptions::get(const std::string& key) {
    known_.insert(key);
    return member(config_, key);
}

const json& LayerOptions::needed(const std::string& key) {
    if (!config_.contains(key)) throw std::invalid_argument(key + " is missing");
    return get(key);
}

void LayerOptions::ignore(const std::vector<std::string>& keys) {
    known_.insert(keys.begin(), keys.end());
}

bool LayerOptions::truth(const std::string& key, bool otherwise) {
    if (!config_.contains(key)) return otherwise;
    const json& value = get(key);
    if (!value.is_boolean()) refuse(key, value, "true or false");
    return value.get<bool>();
}

double LayerOptions::number(const std::string& key, double otherwise) {
    if (!config_.contains(key)) return otherwise;
    const json& value = get(key);
    if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(key, value, "a number");
    return value.get<double>();
}

int64_t LayerOptions::size(const std::string& key) {
    return small_integer(key, needed(key), 1);
}

std::vector<int64_t> LayerOptions::sizes(const std::string& key, size_t count, int64_t least,
                                         std::vector<int64_t> otherwise) {
    const json& value = get(key);
    if (value.is_null()) return otherwise;
    if (!value.is_array()) return std::vector<int64_t>(count, small_integer(key, value, least));
    if (value.size() != count) refuse(key, value, "an integer or a list of " + std::to_string(count));
    std::vector<int64_t> result;
    for (const json& size : value) result.push_back(small_integer(key, size, least));
    return result;
}

std::vector<int64_t> LayerOptions::integers(const std::string& key, size_t longest) {
    const json& value = needed(key);
    if (!value.is_array() || value.size() > longest)
        refuse(key, value, "a list of at most " + std::to_string(longest) + " integers");
    std::vector<int64_t> result;
    for (const json& integer : value) result.push_back(small_integer(key, integer, -1));
    return result;
}

std::string LayerOptions::choice(const std::string& key, const std::string& otherwise,
                                 const std::string& other) {
    const json& value = get(key);
    if (value.is_null()) return otherwise;
    std::string text = value.is_string() ? value.get<std::string>() : "";
    for (char& letter : text) letter = char(std::tolower(static_cast<unsigned char>(letter)));
    if (text != otherwise && text != other) refuse(key, value, "\"" + otherwise + "\" or \"" + other + "\"");
    return text;
}

bool LayerOptions::channels_first(const std::string& otherwise) {
    const bool first = otherwise == "channels_first";
    return choice("data_format", otherwise, first ? "channels_last" : "channels_first") == "channels_first";
}

void LayerOptions::refuse_unknown_keys() const {
    for (const auto& [key, value] : config_.items())
        if (!known_.count(key))
            throw std::invalid_argument("unknown key " + excerpt(key) + " with the value " + excerpt(value));
}

}  // namespace lcn::tool
