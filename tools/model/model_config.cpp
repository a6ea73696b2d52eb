#include "model/model_config.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "errors.h"
#include "json_text.h"
#include "model/chain.h"
#include "model/member.h"

namespace lcn::tool {

using layer::excerpt;
using nlohmann::json;

namespace {

const layer::JsonLimits limits{64, 1'000'000};
const size_t max_layers = 10'000;
const size_t max_name_bytes = 512;  // as of a tensor in a safetensors file

const std::set<std::string> entry_keys = {
    "class_name",      "config",       "name",           "inbound_nodes",    "module",
    "registered_name", "build_config", "compile_config", "shared_object_id", "__passive_serialization__",
    "keras_version",   "backend"};
const std::set<std::string> model_keys = {
    "name", "layers", "trainable", "dtype", "build_input_shape", "input_layers", "output_layers"};

void check_keys(const std::string& what, const json& object, const std::set<std::string>& known) {
    for (const auto& [key, value] : object.items())
        if (!known.count(key))
            throw Refused(what + ": unknown key " + excerpt(key) + " with the value " + excerpt(value));
}

// A class of somebody else may have the name of one of Keras's.
void check_origin(const std::string& what, const json& entry) {
    const json& registered = member(entry, "registered_name");
    if (!registered.is_null() && registered != entry["class_name"])
        throw Refused(what + ": registered_name: got " + excerpt(registered) + ", expected null");
    const json& module = member(entry, "module");
    const std::string package = module.is_string() ? module.get<std::string>() : "";
    const std::string root = package.substr(0, package.find('.'));
    if (!module.is_null() && root != "keras" && root != "tf_keras")
        throw Refused(what + ": module: got " + excerpt(module) + ", expected \"keras.layers\"");
}

bool is_model(const std::string& class_name) {
    return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
}

void check_length(const std::string& what, const std::string& name) {
    if (name.size() > max_name_bytes)
        throw Refused("model_config: " + what + " has more than " + std::to_string(max_name_bytes) +
                      " bytes: " + excerpt(name));
}

// Moves the configuration out of the entry.
LayerEntry parse_entry(const std::string& outer, json& entry, bool is_first) {
    if (!entry.is_object() || !entry.contains("class_name") || !entry["class_name"].is_string() ||
        !entry.contains("config"))
        throw Refused("model_config: a layer with class_name and config expected, got " + excerpt(entry));
    LayerEntry parsed{"", entry["class_name"].get<std::string>(), std::move(entry["config"]), is_first};
    if (parsed.class_name == "Sequential" && parsed.config.is_array())  // until Keras 2.2.2
        parsed.config = {{"layers", std::move(parsed.config)}};
    if (!parsed.config.is_object())
        throw Refused("model_config: " + excerpt(parsed.class_name) +
                      ": config is not a dictionary: " + excerpt(parsed.config));
    if (!parsed.config.contains("name"))
        parsed.config["name"] =
            entry.value("name", is_model(parsed.class_name) ? json("sequential") : json());
    const json& name = parsed.config["name"];
    if (!name.is_string() || name == "")
        throw Refused("model_config: " + excerpt(parsed.class_name) + ": name: got " + excerpt(name) +
                      ", expected a name");
    parsed.path = outer + name.get<std::string>();
    check_length("the name of a layer", parsed.path);
    check_length("the class_name of a layer", parsed.class_name);
    check_keys(parsed.text(), entry, entry_keys);
    check_origin(parsed.text(), entry);
    return parsed;
}

// `prefix` is that of the names of the model's layers.
void add_layers(LayerEntry model, const std::string& prefix, std::vector<LayerEntry>& list) {
    check_keys(model.text(), model.config, model_keys);
    const json& given = member(model.config, "layers");
    if (!given.is_array() || given.empty())
        throw Refused(model.text() + ": layers: got " + excerpt(given) + ", expected a list of layers");
    if (model.class_name != "Sequential") check_is_chain(model.text(), model.config);
    json& layers = model.config["layers"];
    for (size_t k = 0; k < layers.size(); k++) {
        LayerEntry entry = parse_entry(prefix, layers[k], k == 0);
        if (is_model(entry.class_name)) {
            const std::string inner = entry.path + "/";
            add_layers(std::move(entry), inner, list);
        } else {
            if (entry.class_name == "InputLayer" && k > 0)
                throw Refused(entry.text() + ": an input inside the chain of layers");
            list.push_back(std::move(entry));
        }
        if (list.size() > max_layers)
            throw Refused("model_config: more than " + std::to_string(max_layers) + " layers");
    }
}

void check_names(const std::vector<LayerEntry>& list) {
    std::set<std::string> paths;
    for (const LayerEntry& entry : list)
        if (!paths.insert(entry.path).second)
            throw Refused("model_config: two layers are named " + excerpt(entry.path));
}

json parse(const std::string& text) try {
    return layer::parse_json(text, limits);
} catch (const std::runtime_error& e) {
    throw Refused(std::string("model_config: ") + e.what());
}

}  // namespace

std::string LayerEntry::text() const {
    return "layer " + excerpt(path) + " (" + class_name + ")";
}

std::vector<LayerEntry> read_model_config(const std::string& text) {
    json whole = parse(text);
    LayerEntry model = parse_entry("", whole, true);
    if (!is_model(model.class_name))
        throw Refused("model_config: class_name: got " + excerpt(model.class_name) +
                      ", expected \"Sequential\" or \"Functional\"");
    std::vector<LayerEntry> list;
    add_layers(std::move(model), "", list);
    check_names(list);
    return list;
}

}  // namespace lcn::tool
