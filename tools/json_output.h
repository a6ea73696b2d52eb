#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lcn::tool {

// What a command prints with --json. Names of files need not be UTF-8: what is not becomes U+FFFD.
inline std::string json_output(const nlohmann::ordered_json& value) {
    return value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace lcn::tool
