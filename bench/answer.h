// Whether a result is right.
#pragma once

#include <string>

#include "lcn/lcn.h"
#include "tests/reference.h"

namespace bench {

// Of an operation without bias and activation: what it reads and what it writes (or their gradients).
struct Tensors {
    const float *input, *weights, *output;
};

// Compares the result with sums in double, to the bound of any order of summation, terms * 2^-24 * sum
// |terms|: all elements up to 0.2 G multiply-adds, else 4,096 seeded ones, half of their coordinates on a
// border. Returns what is wrong, or "".
std::string check_answer(const reference::Layer& layer, lcn::Operation operation, const Tensors& tensors);

}  // namespace bench
