#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lcn::tool {

// Lists the locally connected layers of a converted model with their shapes, one line each, or as JSON; on
// standard output, or in a file when `output_path` is not empty. The model must say the shape of its input.
void list_layers(const std::string& model_path, bool as_json, const std::string& output_path);

// The same as a list of objects.
nlohmann::ordered_json describe_layers(const std::string& model_path);

}  // namespace lcn::tool
