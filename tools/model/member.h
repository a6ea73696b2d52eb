#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lcn::tool {

// The value of a key as it lies there, for copies of what strangers nest take time and memory; null where
// there is none.
inline const nlohmann::json& member(const nlohmann::json& object, const std::string& key) {
    static const nlohmann::json none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

}  // namespace lcn::tool
