#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lcn/layer.h"

namespace lcn::layer {

// [2, 6, 7, 3]; unknown sizes are null.
inline nlohmann::json shape_json(const Shape& shape) {
    nlohmann::json sizes = nlohmann::json::array();
    for (const int64_t size : shape)
        sizes.push_back(size == unknown ? nlohmann::json() : nlohmann::json(size));
    return sizes;
}
inline std::string to_string(const Shape& shape) {
    return shape_json(shape).dump();
}

}  // namespace lcn::layer
