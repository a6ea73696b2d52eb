// Is the answer right? A row is timed only if it is.
#pragma once

#include <string>

#include "workload.h"

namespace bench {

// Compares the result of the workload's first run with sums in double: all elements up to 0.2 G
// multiply-adds, above that 4,096 seeded ones that include the borders and ends of every dimension; and finds
// any element that was not written. The bound is that of any order of summation: terms * 2^-24 * sum of
// |terms|. Returns what is wrong, or "".
std::string check(const Workload& workload);

}  // namespace bench
