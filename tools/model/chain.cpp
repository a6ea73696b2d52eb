#include "model/chain.h"

#include "errors.h"
#include "json_text.h"
#include "model/member.h"

namespace lcn::tool {

using layer::excerpt;
using nlohmann::json;

namespace {

std::string name_of(const json& entry) {
    const json& name = entry.contains("name") ? entry["name"] : member(member(entry, "config"), "name");
    return name.is_string() ? name.get<std::string>() : "";
}

// [name, node, tensor] or [name, node, tensor, arguments of the call], without arguments that change the
// layer.
bool is_plain_call(const json& call, const std::string& source) {
    if (!call.is_array() || (call.size() != 3 && call.size() != 4) || call[0] != source) return false;
    if (call.size() == 3 || call[3].is_null()) return true;
    if (!call[3].is_object()) return false;
    for (const auto& [key, value] : call[3].items())
        if (!value.is_null() && !(key == "training" && value == false)) return false;
    return true;
}

// [[call]]: called once, on one input
bool is_called_on(const json& nodes, const std::string& source) {
    return nodes.is_array() && nodes.size() == 1 && nodes[0].is_array() && nodes[0].size() == 1 &&
           is_plain_call(nodes[0][0], source);
}

// ["name", 0, 0], also in a list
bool is_end(const json& ends, const std::string& name) {
    if (!ends.is_array() || ends.empty()) return false;
    return is_plain_call(ends, name) || (ends.size() == 1 && is_plain_call(ends[0], name));
}

}  // namespace

void check_is_chain(const std::string& model, const json& config) {
    const json& layers = config.at("layers");
    std::string before;
    for (const json& entry : layers) {
        const std::string name = name_of(entry);
        const json& nodes = member(entry, "inbound_nodes");
        const bool fits = before.empty() ? member(entry, "class_name") == "InputLayer" && nodes.empty()
                                         : is_called_on(nodes, before);
        if (!fits)
            throw Refused(model + ": layer " + excerpt(name) + " is not called once on the output of " +
                          (before.empty() ? "an InputLayer" : excerpt(before)) +
                          ": only models that are one chain of layers are run");
        before = name;
    }
    const json &inputs = member(config, "input_layers"), &outputs = member(config, "output_layers");
    if (!is_end(inputs, name_of(layers.front())))
        throw Refused(model + ": input_layers: got " + excerpt(inputs) + ", expected the first layer alone");
    if (!is_end(outputs, before))
        throw Refused(model + ": output_layers: got " + excerpt(outputs) + ", expected the last layer alone");
}

}  // namespace lcn::tool
