// Keras objects (initializers, regularizers, ...) in arguments and configurations: None, a name or a
// dictionary.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lcn::layer {

// Throws std::invalid_argument: "<argument>: got <value>, expected <expected>".
[[noreturn]] void refuse(const std::string& argument, const nlohmann::json& value,
                         const std::string& expected);

struct KerasObject {
    std::string name;       // the name alone, or class_name without its package ("Custom>HeNormal")
    bool is_name;           // given as a name: `config` is empty
    nlohmann::json config;  // a JSON object
};

// Reads a name or any form of dictionary that Keras writes, old or new:
//
//   {"class_name": "L2", "config": {"l2": 0.01}}
//   {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.01}, "registered_name": null}
//
// also with shared_object_id, build_config and __passive_serialization__. `module` is the last part that the
// module must have, "regularizers". Throws std::invalid_argument, naming `argument`.
KerasObject parse_keras_object(const std::string& argument, const nlohmann::json& value,
                               const std::string& module);

// Python's tuples as SavedModel writes them, {"class_name": "__tuple__" or "TensorShape", "items": [...]}, as
// lists, at any depth.
nlohmann::json with_plain_lists(const nlohmann::json& value);

// The name of a dtype that is given as a policy, {"class_name": "Policy", "config": {"name": "float32"}};
// else the value.
nlohmann::json policy_name(const nlohmann::json& dtype);

// The text of a Setting: JSON when it begins with '{', else a name. Throws as parse_keras_object.
nlohmann::json setting_json(const std::string& argument, const std::string& text);

// The new form of a dictionary, as the last Keras 2 writes it.
nlohmann::json keras_object_json(const std::string& module, const std::string& class_name,
                                 const nlohmann::json& config);

// Refuses a key of object.config that is not in `known`.
void check_keys(const std::string& argument, const KerasObject& object,
                const std::vector<std::string>& known);

// object.config[key], or `otherwise` when it is missing: a finite number, as Keras's float32 holds it.
float config_number(const std::string& argument, const KerasObject& object, const char* key, float otherwise);

// Whether the names are the same but for case and underscores: "HeNormal", "he_normal", "henormal".
bool same_name(const std::string& a, const std::string& b);

}  // namespace lcn::layer
