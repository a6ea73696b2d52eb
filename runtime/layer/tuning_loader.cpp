// lcn/tuning_file.h.
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "fork_mutex.h"
#include "lcn/tuning_file.h"
#include "tuning_file.h"

namespace lcn {

void load_tuning(const std::string& path, bool reorders) {
    const layer::TuningFile file = layer::read_tuning_file(path);
    try {
        const std::vector<TuningEntry> entries = layer::entries_for(file, layer::this_machine(), reorders);
        if (const Status s = set_tuning(entries.data(), int64_t(entries.size())); !s.ok())
            throw std::runtime_error(s.message);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(path + ": " + e.what());
    }
}

namespace {

EnvironmentTuning load() {
    EnvironmentTuning tuning;
    const char* const path = std::getenv("LCN_TUNING");
    const char* const reorders = std::getenv("LCN_TUNING_REORDERS");
    if (!path || !*path || tuning_entries() > 0) return tuning;
    tuning.path = path;
    try {
        load_tuning(path, reorders && std::strcmp(reorders, "1") == 0);
    } catch (const std::exception& e) {
        tuning.refused = e.what();
    }
    return tuning;
}

layer::ForkMutex mutex;
std::atomic<const EnvironmentTuning*> found;  // never destroyed: layers may be made at exit

}  // namespace

const EnvironmentTuning& environment_tuning() {
    if (const EnvironmentTuning* const before = found) return *before;
    const layer::ForkMutex::Lock lock(mutex);  // a child loads the file again when its parent was at it
    if (!found) found = new const EnvironmentTuning(load());
    return *found;
}

}  // namespace lcn
