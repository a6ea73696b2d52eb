#pragma once

#include <vector>

#include "lcn/layer.h"

namespace lcn::tool {

// Axis k of the result is axis order[k] of the input.
Tensor permuted(const Tensor& input, const std::vector<size_t>& order);

}  // namespace lcn::tool
