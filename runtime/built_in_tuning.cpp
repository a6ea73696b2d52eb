#include "built_in.h"
#include "tuning.h"

namespace lcn {

Status check_tuning(const TuningEntry* entries, int64_t count) {
    return check_tuning(built_in_kernels(), entries, count);
}

Status set_tuning(const TuningEntry* entries, int64_t count) {
    return set_tuning(built_in_kernels(), entries, count);
}

int64_t tuning_entries() {
    return tuning_entries(built_in_kernels());
}

Status tuning_choice(const Problem& problem, Operation operation, TuningChoice& choice) {
    return tuning_choice(built_in_kernels(), problem, operation, choice);
}

Status try_kernel(const char* symbol, bool reorders) {
    return try_kernel(built_in_kernels(), symbol, reorders);
}

}  // namespace lcn
