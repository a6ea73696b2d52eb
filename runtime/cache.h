#pragma once

#include <cstdint>

namespace lcn {

// Bytes of one core's second-level cache.
int64_t second_level_cache();

}  // namespace lcn
