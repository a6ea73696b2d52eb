#pragma once

#include "cpu.h"
#include "kernel.h"
#include "lcn/kernels.h"
#include "status.h"

namespace lcn {

struct Target {
    const char* name;
    const char* cpu_features;  // that the machine must have
    CpuFeatures needed;

    bool usable() const { return (needed & ~machine_features()) == 0; }
};

// The generated table, best target first.
const Target* targets();

// The kernels of one operation on one target.
struct KernelRange {
    const Kernel *first = nullptr, *last = nullptr;
    const Kernel* begin() const { return first; }
    const Kernel* end() const { return last; }
};
KernelRange kernels_of(int target, KernelOperation operation);

// Index of the target that calls use.
Status active_target(int& index);

// The kernel that prefer_kernel() named, or null.
const Kernel* preferred_kernel();

// The one walk: from target `first` on, the kernel of `operation` that accepts the problem at the lowest
// cost, from the first usable target that has any. cost(kernel) is negative when the kernel does not accept.
// The last target accepts everything that is well formed, so the result is null only for operations that are
// optional.
template <typename Cost>
const Kernel* choose(int first, KernelOperation operation, Cost&& cost) {
    if (const Kernel* k = preferred_kernel())
        if (k->operation == operation && k->target == first && cost(*k) >= 0) return k;
    for (int t = first; t < target_count(); t++) {
        if (t != first && !targets()[t].usable()) continue;
        const Kernel* best = nullptr;
        double best_cost = 0;
        for (const Kernel& kernel : kernels_of(t, operation)) {
            const double c = cost(kernel);
            if (c >= 0 && (!best || c < best_cost)) best = &kernel, best_cost = c;
        }
        if (best) return best;
    }
    return nullptr;
}

}  // namespace lcn
