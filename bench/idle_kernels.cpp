#include "idle_kernels.h"

namespace lcn {

namespace {

int64_t calls = 0;

// Called with a kernel's arguments, which lie where the caller puts them and removes them.
void idle() {
    calls++;
}

constexpr Target targets[] = {
#define LCN_TARGET(name, features, device) {#name, features, cpu_features(features), nullptr},
#include "lcn_generated/targets.inc"
#undef LCN_TARGET
};

enum TargetIndex {
#define LCN_TARGET(name, features, device) target_##name,
#include "lcn_generated/targets.inc"
#undef LCN_TARGET
};

constexpr Kernel kernels[] = {
#define LCN_KERNEL(target, operation, types, symbol, ...) \
    {target_##target, KernelOperation::operation, #operation, #symbol, idle, __VA_ARGS__},
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
};

constinit KernelTable table(targets, kernels);

}  // namespace

}  // namespace lcn

namespace bench {

lcn::KernelTable& idle_kernels() {
    return lcn::table;
}

int64_t idle_calls() {
    return lcn::calls;
}

}  // namespace bench
