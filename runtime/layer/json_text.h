// JSON out of files that anybody may have written.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace lcn::layer {

struct JsonLimits {
    int depth;       // objects and arrays inside each other
    int64_t values;  // keys, values, objects and arrays in all
};

// Throws std::runtime_error with the reason when the text is not JSON, names a key of an object twice or
// exceeds a limit.
nlohmann::json parse_json(std::string_view text, const JsonLimits& limits);

// What JSON can hold as a text.
bool is_utf8(const std::string& text);

// The value as JSON for a message: one line of ASCII, cut when it is long.
std::string excerpt(const nlohmann::json& value);

}  // namespace lcn::layer
