#include "kernel_table.h"

#include <cstdlib>
#include <cstring>
#include <tuple>

#include "geometry.h"

namespace lcn {

Status Target::usable() const {
    if (device) {
        Device* opened;
        return device->open(0, opened);
    }
    return (needed & ~machine_features()) == 0 ? Status{}
                                               : error(Code::unusable_target, "it needs %s", cpu_features);
}

bool KernelTable::has(KernelOperation operation) const {
    for (int t = 0; t < target_count_; t++)
        if (ranges_[t][int(operation)].first) return true;
    return false;
}

Status KernelTable::find(const char* name, const char* source, int& index) const {
    for (index = 0; index < target_count_; index++)
        if (std::strcmp(targets_[index].name, name) == 0) return {};
    return error(Code::unknown_target, "%s: no target named '%.60s' in this library", source, name);
}

Status KernelTable::find_usable(const char* name, const char* source, int& index) const {
    LCN_RETURN_IF_ERROR(find(name, source, index));
    if (const Status usable = targets_[index].usable(); !usable.ok())
        return error(Code::unusable_target, "%s: this machine cannot run target '%s': %.100s", source, name,
                     usable.message);
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
        for (index = 0; index < target_count_; index++)
            if (!targets_[index].device && targets_[index].usable().ok()) break;
        if (index == target_count_)
            return error(Code::unusable_target,
                         "this machine can run no target of this library; the last one, "
                         "'%s', needs %s",
                         targets_[index - 1].name, targets_[index - 1].cpu_features);
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

Status KernelTable::target_name(const char*& name) const {
    int index = 0;
    LCN_RETURN_IF_ERROR(active_target(index));
    name = targets_[index].name;
    return {};
}

KernelInfo KernelTable::kernel_info(int index) const {
    const Kernel& k = kernels_.first[index];
    return {k.symbol, k.operation_name, targets_[k.target].name, k.ran.load(std::memory_order_relaxed)};
}

void KernelTable::forget_ran() const {
    for (const Kernel& k : kernels_) k.ran.store(false, std::memory_order_relaxed);
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

Wanted KernelTable::table_wanted(const Geometry& g, Operation operation, int target) const {
    const int kernel = tuned_table_.find(g.problem, operation, target);
    return kernel < 0 ? Wanted{} : Wanted{kernels_.first + kernel, true};
}

// The function of lcn.h that asks for kernels of this operation.
static const char* pass_of(KernelOperation operation) {
    switch (operation) {
        case KernelOperation::forward:
            return "forward";
        case KernelOperation::backward_input_dot:
            return "backward_input";
        case KernelOperation::backward_weights:
            return "backward_weights";
        default:
            return "activation_gradient";
    }
}

Status active_kernels(const KernelTable& table, KernelOperation operation, Kernels& kernels) {
    if (!table.has(operation))
        return error(Code::not_built, "this library was built without kernels for %s", pass_of(operation));
    kernels.table = &table;
    kernels.wanted = {table.preferred()};
    return table.active_target(kernels.first);
}

const Kernel* settle(const Wanted& wanted, double cost, const Kernel* usual, double usual_cost) {
    const Kernel* const k = wanted.kernel;
    if (!wanted.tuned) return k;
    // Scalars alone are multiplied and then added, vectors in one operation, and so is the first term where
    // the number of filters is known. Where a sum runs along vectors its order is that of their lanes;
    // everywhere else terms are added one by one, whatever the tile.
    const bool along =
        k->operation == KernelOperation::forward_dot || k->operation == KernelOperation::backward_input_dot;
    const bool same_order = along ? k->lanes == usual->lanes && k->ragged == usual->ragged
                                  : (k->lanes == 1) == (usual->lanes == 1);
    return (wanted.reorders || (same_order && k->filters == usual->filters)) &&
                   cost <= wanted.most_cost * usual_cost
               ? k
               : usual;
}

const Kernel* same_tile(const Kernels& kernels, KernelOperation operation, const Kernel& k) {
    const auto tile = [](const Kernel& of) {
        return std::tuple(of.rows, of.vectors, of.lanes, of.unroll, of.prefetch, of.filters, of.span,
                          of.single, of.ragged, of.accumulate, of.streaming);
    };
    for (const Kernel& other : kernels.table->kernels(k.target, operation))
        if (tile(other) == tile(k)) return &other;
    return nullptr;
}

}  // namespace lcn
