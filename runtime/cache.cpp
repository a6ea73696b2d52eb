#include "cache.h"

#if !defined(_WIN32)
#include <unistd.h>
#endif

namespace lcn {

int64_t second_level_cache() {
#if defined(_SC_LEVEL2_CACHE_SIZE)
    static const int64_t bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (bytes > 0) return bytes;
#endif
    return 512 * 1024;
}

}  // namespace lcn
