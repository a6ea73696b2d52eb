#include "machine.h"

#include <filesystem>
#include <fstream>
#include <set>

namespace bench {

namespace {

// Bytes that a file of the system gives in kB behind `wanted`, or 0.
int64_t bytes_of(const char* path, const std::string& wanted) {
    std::ifstream file(path);
    std::string key;
    for (int64_t kilobytes; file >> key; file.ignore(4096, '\n'))
        if (key == wanted && file >> kilobytes) return kilobytes * 1024;
    return 0;
}

}  // namespace

std::string skipped_for_memory(int64_t bytes) {
    const int64_t available = bytes_of("/proc/meminfo", "MemAvailable:");
    if (!available || bytes <= available - available / 10) return "";
    return "skipped: needs " + std::to_string(bytes >> 20) + " MB of memory, " +
           std::to_string(available >> 20) + " MB are free";
}

ResidentMemory::ResidentMemory() {
    std::ofstream reset("/proc/self/clear_refs");
    reset << 5 << std::flush;  // the peak becomes what is resident now
    before_ = reset ? bytes_of("/proc/self/status", "VmRSS:") : 0;
}

int64_t ResidentMemory::growth() const {
    return before_ ? bytes_of("/proc/self/status", "VmHWM:") - before_ : -1;
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
