// What the system says about the machine.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

// Bytes of memory that can be had without swapping; 0: the system does not say.
int64_t available_memory();

// Bytes of all last-level caches of the machine together; 0: the system does not say.
int64_t last_level_cache();

// The processor's own name; empty: the system does not say.
std::string processor_name();

}  // namespace bench
