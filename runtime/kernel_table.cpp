#include "kernel_table.h"

#include <cstdlib>
#include <cstring>

namespace lcn {

Status KernelTable::find_usable(const char* name, const char* source, int& index) const {
    for (index = 0; index < target_count_; index++)
        if (std::strcmp(targets_[index].name, name) == 0) break;
    if (index == target_count_)
        return error(Code::unknown_target, "%s: no target named '%.60s' in this library", source, name);
    if (!targets_[index].usable())
        return error(Code::unusable_target, "%s: this machine cannot run target '%s'", source, name);
    return {};
}

Status KernelTable::active_target(int& index) const {
    index = forced_.load(std::memory_order_relaxed);
    if (index < 0) index = default_.load(std::memory_order_relaxed);
    if (index >= 0) return {};
    const char* name = std::getenv("LCN_TARGET");
    if (name && *name) {
        LCN_RETURN_IF_ERROR(find_usable(name, "LCN_TARGET", index));
    } else {
        index = 0;
        while (!targets_[index].usable()) index++;
    }
    default_.store(index, std::memory_order_relaxed);
    return {};
}

Status KernelTable::force_target(const char* name) {
    int index = -1;
    if (name && *name) LCN_RETURN_IF_ERROR(find_usable(name, "set_target", index));
    forced_ = index;
    return {};
}

Status KernelTable::prefer(const char* symbol) {
    const Kernel* found = nullptr;
    if (symbol && *symbol) {
        for (const Kernel& k : kernels_)
            if (std::strcmp(k.symbol, symbol) == 0) found = &k;
        if (!found) return error(Code::invalid_argument, "prefer_kernel: no kernel named '%.120s'", symbol);
    }
    preferred_ = found;
    return {};
}

}  // namespace lcn
