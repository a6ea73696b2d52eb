// Covering arrays: few rows in which every pair of settings meets.
#pragma once

#include <vector>

#include "random.h"

namespace lcn_test {

// Dimension d has levels 0 .. levels[d] - 1. In the result, rows of one level per dimension, every two levels
// of any two dimensions stand together in some row. Other seeds give other rows.
std::vector<std::vector<int>> pairwise(const std::vector<int>& levels, uint64_t seed);

}  // namespace lcn_test
