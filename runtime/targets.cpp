#include "targets.h"

#include <cstdlib>
#include <cstring>

namespace lcn {

namespace {

constexpr Target target_table[] = {
#define LCN_TARGET(name, features) {#name, features, cpu_features(features)},
#include "lcn_generated/targets.inc"
#undef LCN_TARGET
};

enum TargetIndex {
#define LCN_TARGET(name, features) target_##name,
#include "lcn_generated/targets.inc"
#undef LCN_TARGET
};

extern "C" {
#define LCN_KERNEL(target, operation, types, symbol, ...) void symbol();
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
}

const Kernel kernel_table[] = {
#define LCN_KERNEL(target, operation, types, symbol, ...) \
    {target_##target, KernelOperation::operation, #operation, #symbol, __VA_ARGS__, symbol},
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
};

constexpr int number_of_targets = sizeof target_table / sizeof *target_table;
constexpr int number_of_kernels = sizeof kernel_table / sizeof *kernel_table;

std::atomic<int> forced_target{-1};
std::atomic<const Kernel*> preferred{nullptr};

// Where the kernels of each target and operation lie; the table lists them together.
struct Index {
    KernelRange ranges[number_of_targets][int(KernelOperation::stream) + 1];

    Index() {
        for (const Kernel& k : kernel_table) {
            KernelRange& range = ranges[k.target][int(k.operation)];
            if (!range.first) range.first = &k;
            range.last = &k + 1;
        }
    }
};

int find_target(const char* name) {
    for (int t = 0; t < number_of_targets; t++)
        if (std::strcmp(target_table[t].name, name) == 0) return t;
    return -1;
}

Status usable_target(const char* name, const char* source, int& index) {
    index = find_target(name);
    if (index < 0)
        return error(Code::unknown_target, "%s: no target named '%.60s' in this library", source, name);
    if (!target_table[index].usable())
        return error(Code::unusable_target, "%s: this machine cannot run target '%s'", source, name);
    return {};
}

// What calls use when no target is set by set_target: LCN_TARGET, else the best usable one.
struct Default {
    Status status;
    int index = 0;

    Default() {
        const char* name = std::getenv("LCN_TARGET");
        if (name && *name) {
            status = usable_target(name, "LCN_TARGET", index);
            return;
        }
        while (!target_table[index].usable()) index++;
    }
};

}  // namespace

const Target* targets() {
    return target_table;
}
const Kernel* preferred_kernel() {
    return preferred.load(std::memory_order_relaxed);
}

KernelRange kernels_of(int target, KernelOperation operation) {
    static const Index index;
    return index.ranges[target][int(operation)];
}

Status active_target(int& index) {
    const int forced = forced_target.load(std::memory_order_relaxed);
    if (forced >= 0) {
        index = forced;
        return {};
    }
    static const Default chosen;
    index = chosen.index;
    return chosen.status;
}

Status set_target(const char* name) {
    int index = -1;
    if (name && *name) LCN_RETURN_IF_ERROR(usable_target(name, "set_target", index));
    forced_target = index;
    return {};
}

Status target(const char*& name) {
    int index = 0;
    LCN_RETURN_IF_ERROR(active_target(index));
    name = target_table[index].name;
    return {};
}

int target_count() {
    return number_of_targets;
}
TargetInfo target_info(int index) {
    const Target& t = target_table[index];
    return {t.name, t.cpu_features, t.usable()};
}
bool cpu_supports(const char* feature) {
    for (size_t k = 0; k < sizeof cpu_feature_names / sizeof *cpu_feature_names; k++)
        if (cpu_feature_names[k] == feature) return machine_features() >> k & 1;
    return false;
}
int kernel_count() {
    return number_of_kernels;
}

KernelInfo kernel_info(int index) {
    const Kernel& k = kernel_table[index];
    return {k.symbol, k.operation_name, target_table[k.target].name, k.ran.load(std::memory_order_relaxed)};
}

void forget_kernels_ran() {
    for (const Kernel& k : kernel_table) k.ran.store(false, std::memory_order_relaxed);
}

Status prefer_kernel(const char* symbol) {
    const Kernel* found = nullptr;
    if (symbol && *symbol) {
        for (const Kernel& k : kernel_table)
            if (std::strcmp(k.symbol, symbol) == 0) found = &k;
        if (!found) return error(Code::invalid_argument, "prefer_kernel: no kernel named '%.120s'", symbol);
    }
    preferred = found;
    return {};
}

const char* version() {
    return LCN_VERSION;
}

}  // namespace lcn
