#pragma once

#include <string>

#include "rows.h"

namespace bench {

// Symbols of the kernels that ran since they were forgotten. Throws std::runtime_error when one does not
// belong to the row's target, or none ran.
std::string kernels_that_ran(const Row& row);

}  // namespace bench
