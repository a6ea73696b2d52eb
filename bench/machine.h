// What the system says about the machine.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

// Why a row that needs `bytes` of memory is skipped; "" when they can be had without swapping.
std::string skipped_for_memory(int64_t bytes);

// Watches how much memory the process has resident.
class ResidentMemory {
  public:
    ResidentMemory();

    // Bytes that were resident at most since the watch began, above those of its beginning; negative: the
    // system does not say.
    int64_t growth() const;

  private:
    int64_t before_;
};

// Bytes of all last-level caches of the machine together; 0: the system does not say.
int64_t last_level_cache();

// The processor's own name; empty: the system does not say.
std::string processor_name();

}  // namespace bench
