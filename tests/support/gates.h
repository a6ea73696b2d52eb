// How results are held against the reference.
#pragma once

#include <gtest/gtest.h>

#include "operations.h"

namespace lcn_test {

// Bit for bit. The reference must be exact, which every sum of integers below 2^24 is. A NaN must be a NaN.
testing::AssertionResult exact(const reference::Sums& expected, const Floats& actual);

// Of real numbers. With u = 2^-24, n terms in a sum and m the sum of their magnitudes:
//   hard  n u / (1 - n u) m     what any order of the sum may lose, with or without FMA
//   soft  max(8, 2 sqrt(n)) u m  what a sound order does lose; the hard bound would not see one term dropped
//                                of many
testing::AssertionResult within_bounds(const reference::Sums& expected, const Floats& actual);

using Gate = testing::AssertionResult (*)(const reference::Sums& expected, const Floats& actual);

// What run() should write. The activation is left out.
std::vector<reference::Sums> expected_results(lcn::Operation operation, const Case& c,
                                              const Operands& operands);

// Runs the operation and expects its results to pass the gate.
void check(lcn::Operation operation, const Case& c, const Operands& operands, Gate gate);

// The same bits.
testing::AssertionResult identical(const Floats& expected, const Floats& actual);

}  // namespace lcn_test
