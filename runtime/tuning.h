#pragma once

#include "lcn/tuning.h"
#include "passes.h"

namespace lcn {

// The functions of lcn/tuning.h, on the kernels of a table.
Status check_tuning(const KernelTable& table, const TuningEntry* entries, int64_t count);
Status set_tuning(KernelTable& table, const TuningEntry* entries, int64_t count);
int64_t tuning_entries(const KernelTable& table);
Status tuning_choice(const KernelTable& table, const Problem& problem, Operation operation,
                     TuningChoice& choice);
Status try_kernel(KernelTable& table, const char* symbol, bool reorders);

}  // namespace lcn
