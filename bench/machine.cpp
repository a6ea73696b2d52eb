#include "machine.h"

#include <filesystem>
#include <fstream>
#include <set>

namespace bench {

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

std::string processor_name() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
    return "";
}

}  // namespace bench
