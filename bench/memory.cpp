#include "memory.h"

#include <sys/mman.h>

#include <filesystem>
#include <fstream>
#include <new>
#include <set>
#include <string>

namespace bench {

Floats::Floats(int64_t count) : size_(count) {
    constexpr int64_t page = 2 << 20;
    const int64_t bytes = (count * 4 / page + 1) * page;
    data_.reset(static_cast<float*>(std::aligned_alloc(page, bytes)));
    if (!data_) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    madvise(data_.get(), bytes, MADV_HUGEPAGE);
#endif
}

int64_t available_memory() {
    std::ifstream file("/proc/meminfo");
    std::string key;
    for (int64_t kilobytes; file >> key; file.ignore(256, '\n'))
        if (key == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
    return 0;
}

int64_t last_level_cache() {
    namespace fs = std::filesystem;
    int last_level = 0;
    int64_t total = 0;
    std::set<std::string> seen;  // processors that share a cache
    std::error_code error;
    for (const auto& processor : fs::directory_iterator("/sys/devices/system/cpu", error)) {
        for (const auto& cache : fs::directory_iterator(processor.path() / "cache", error)) {
            int level = 0;
            int64_t kilobytes = 0;
            std::string shared;
            std::ifstream(cache.path() / "level") >> level;
            std::ifstream(cache.path() / "size") >> kilobytes;
            std::ifstream(cache.path() / "shared_cpu_list") >> shared;
            if (level > last_level) last_level = level, total = 0, seen.clear();
            if (level == last_level && seen.insert(shared).second) total += kilobytes * 1024;
        }
    }
    return total;
}

}  // namespace bench
