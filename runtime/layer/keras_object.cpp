#include "keras_object.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "json_text.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

const JsonLimits setting_limits{32, 1'000'000};

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

std::string after_last(const std::string& text, char separator) {
    return text.substr(text.rfind(separator) + 1);
}

}  // namespace

void refuse(const std::string& argument, const json& value, const std::string& expected) {
    throw std::invalid_argument(argument + ": got " + excerpt(value) + ", expected " + expected);
}

KerasObject parse_keras_object(const std::string& argument, const json& value, const std::string& module) {
    if (value.is_string()) return {value.get<std::string>(), true, json::object()};
    if (!value.is_object()) refuse(argument, value, "null, a name or a dictionary");
    for (const auto& [key, ignored] : value.items())
        if (!contains({"class_name", "config", "module", "registered_name", "build_config",
                       "shared_object_id", "__passive_serialization__"},
                      key))
            throw std::invalid_argument(argument + ": unknown key " + excerpt(key) + " with the value " +
                                        excerpt(ignored));
    const json class_name = value.value("class_name", json());
    if (!class_name.is_string()) refuse(argument + ".class_name", class_name, "a class name");
    // What it is a class of: "keras.regularizers", "tf_keras.regularizers"; a user's own module has another
    // end.
    const json given_module = value.value("module", json());
    if (!given_module.is_null() &&
        (!given_module.is_string() || after_last(given_module.get<std::string>(), '.') != module))
        refuse(argument + ".module", given_module, "\"keras." + module + "\"");
    const json config = with_plain_lists(value.value("config", json::object()));
    if (!config.is_object()) refuse(argument + ".config", config, "a dictionary");
    return {after_last(class_name.get<std::string>(), '>'), false, config};
}

json with_plain_lists(const json& value) {
    if (!value.is_structured()) return value;
    const auto class_name = value.find("class_name");
    const bool is_list = value.size() == 2 && value.contains("items") && class_name != value.end() &&
                         (*class_name == "__tuple__" || *class_name == "TensorShape");
    if (is_list) return with_plain_lists(value["items"]);
    json plain(value.type());
    for (const auto& [key, part] : value.items())
        if (value.is_array())
            plain.push_back(with_plain_lists(part));
        else
            plain[key] = with_plain_lists(part);
    return plain;
}

json policy_name(const json& dtype) {
    const json policy = dtype.is_object() ? dtype.value("config", json()) : json();
    return policy.is_object() && policy.contains("name") ? policy["name"] : dtype;
}

json setting_json(const std::string& argument, const std::string& text) {
    const size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos || text[begin] != '{') return text;
    try {
        return parse_json(text, setting_limits);
    } catch (const std::runtime_error& e) {
        throw std::invalid_argument(argument + ": " + e.what());
    }
}

json keras_object_json(const std::string& module, const std::string& class_name, const json& config) {
    return {{"module", "keras." + module},
            {"class_name", class_name},
            {"config", config},
            {"registered_name", nullptr}};
}

void check_keys(const std::string& argument, const KerasObject& object,
                const std::vector<std::string>& known) {
    for (const auto& [key, value] : object.config.items())
        if (!contains(known, key))
            throw std::invalid_argument(argument + ": unknown key " + excerpt("config." + key) +
                                        " with the value " + excerpt(value));
}

float config_number(const std::string& argument, const KerasObject& object, const char* key,
                    float otherwise) {
    const auto entry = object.config.find(key);
    if (entry == object.config.end()) return otherwise;
    const double number = entry->is_number() ? entry->get<double>() : NAN;
    if (!(std::abs(number) <= std::numeric_limits<float>::max()))
        refuse(argument + ".config." + key, *entry, "a finite number");
    return float(number);
}

bool same_name(const std::string& a, const std::string& b) {
    const auto plain = [](const std::string& name) {
        std::string letters;
        for (const char letter : name)
            if (letter != '_') letters += char(std::tolower(static_cast<unsigned char>(letter)));
        return letters;
    };
    return plain(a) == plain(b);
}

}  // namespace lcn::layer
