// The tensors of a safetensors file that a command reads.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "json_text.h"
#include "lcn/safetensors.h"

namespace lcn::tool {

using StoredTensors = std::map<std::string, StoredTensor>;

// Throws std::runtime_error: "tensor NAME" and the reason.
[[noreturn]] inline void refuse_tensor(const std::string& name, const std::string& reason) {
    throw std::runtime_error("tensor " + layer::excerpt(name) + reason);
}

}  // namespace lcn::tool
