// Counts what the process allocates.
#pragma once

#include <cstdint>

namespace bench {

// Calls of operator new so far, and with the GNU C library of malloc too.
int64_t allocations();

}  // namespace bench
