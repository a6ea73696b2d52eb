// The library's table of kernels with kernels that compute nothing: what a call costs without them.
#pragma once

#include <cstdint>

#include "runtime/kernel_table.h"

namespace bench {

lcn::KernelTable& idle_kernels();

// How many kernels of the table have been called.
int64_t idle_calls();

}  // namespace bench
