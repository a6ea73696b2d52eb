#pragma once

#include "cpu.h"
#include "device_target.h"
#include "kernel.h"
#include "lcn/kernels.h"
#include "status.h"
#include "tuned_table.h"

namespace lcn {

struct Target {
    const char* name;
    const char* cpu_features;    // that the machine must have
    CpuFeatures needed;          // the same
    const DeviceTarget* device;  // null: a processor

    Status usable() const;  // ok, or why this machine cannot run it
};

// Kernels of one operation on one target.
struct KernelRange {
    const Kernel *first = nullptr, *last = nullptr;
    constexpr const Kernel* begin() const { return first; }
    constexpr const Kernel* end() const { return last; }
};

struct Geometry;

// A kernel that calls are to use, wherever it accepts what is to be done and its operation is chosen at all.
struct Wanted {
    const Kernel* kernel = nullptr;  // null: the cost model's choice
    bool tuned = false;              // a tuning wants it: the conditions below hold. Else there are none
    bool reorders = false;           // also where it sums in another order than the usual choice
    float most_cost = 1e30f;         // times the cost of the usual choice: above that it is not wanted
};

class KernelTable;

// What is wanted instead of the library's table. Its code lies behind a pointer, so that programs that load
// no tuning do without.
struct TunedChoices {
    Wanted (*find)(const TunedChoices& choices, const KernelTable& table, const Geometry& g,
                   Operation operation, int target);
};

// The targets and kernels of one library, devices first and then the best target first, and which of them
// calls use. Nothing here names a kernel, so a program has those kernels alone whose tables it uses.
class LCN_API KernelTable {
  public:
    // Both arrays outlive the table; the kernels of an operation on a target lie together, but for
    // candidates.
    template <size_t TargetCount, size_t KernelCount>
    constexpr KernelTable(const Target (&targets)[TargetCount], const Kernel (&kernels)[KernelCount],
                          const TunedTable& tuned = {})
        : targets_(targets),
          target_count_(TargetCount),
          kernels_{kernels, kernels + KernelCount},
          tuned_table_(tuned) {
        static_assert(TargetCount <= max_targets, "raise max_targets");
        for (const Kernel& k : kernels) {
            if (k.candidate) continue;
            KernelRange& range = ranges_[k.target][int(k.operation)];
            if (!range.first) range.first = &k;
            range.last = &k + 1;
        }
    }

    const Target& target(int index) const { return targets_[index]; }
    int target_count() const { return target_count_; }
    const KernelRange& kernels() const { return kernels_; }
    const KernelRange& kernels(int target, KernelOperation operation) const {
        return ranges_[target][int(operation)];
    }
    bool has(KernelOperation operation) const;  // on any target

    // Index of the target of this name, which `source` gave.
    Status find(const char* name, const char* source, int& index) const;
    // Index of the target that calls use: the forced one, else that of LCN_TARGET, else the best usable one.
    Status active_target(int& index) const;
    Status force_target(const char* name);  // null or "": none

    Status target_name(const char*& name) const;  // of the active target
    TargetInfo target_info(int index) const {
        return {targets_[index].name, targets_[index].cpu_features, targets_[index].usable().ok(),
                targets_[index].device != nullptr};
    }
    int kernel_count() const { return int(kernels_.last - kernels_.first); }
    KernelInfo kernel_info(int index) const;
    void forget_ran() const;

    // Chosen wherever it accepts the problem; null: none.
    const Kernel* preferred() const { return preferred_.load(std::memory_order_relaxed); }
    Status prefer(const char* symbol);  // null or "": none

    // What calls want without a tuning that was loaded.
    Wanted table_wanted(const Geometry& g, Operation operation, int target) const;

    // Null: none. Stays alive for as long as the program, for calls that are running may look at it.
    const TunedChoices* tuned() const { return tuned_.load(std::memory_order_acquire); }
    void set_tuned(const TunedChoices* choices) { tuned_.store(choices, std::memory_order_release); }

  private:
    static constexpr int max_targets = 16;

    Status find_usable(const char* name, const char* source, int& index) const;

    const Target* targets_;
    int target_count_;
    KernelRange kernels_;
    KernelRange ranges_[max_targets][operation_count];
    TunedTable tuned_table_;
    std::atomic<int> forced_{-1};
    mutable std::atomic<int> default_{-1};  // known from the first call on
    std::atomic<const Kernel*> preferred_{nullptr};
    std::atomic<const TunedChoices*> tuned_{nullptr};
};

// The kernels that one call may use: those of target `first` and, for what it has no kernel for, of the
// usable ones after it.
struct Kernels {
    const KernelTable* table = nullptr;
    int first = 0;
    Wanted wanted = {};

    const KernelRange& of(KernelOperation operation) const { return table->kernels(first, operation); }
    const DeviceTarget* device() const { return table->target(first).device; }  // null: a processor
};

// Those of the table's active target, for a pass that needs kernels of `operation`.
Status active_kernels(const KernelTable& table, KernelOperation operation, Kernels& kernels);

// Makes calls on this problem want what a tuning has found for it.
inline void tune(Kernels& kernels, const Geometry& g, Operation operation) {
    if (kernels.wanted.kernel) return;
    const KernelTable& table = *kernels.table;
    const TunedChoices* const tuned = table.tuned();
    kernels.wanted = tuned ? tuned->find(*tuned, table, g, operation, kernels.first)
                           : table.table_wanted(g, operation, kernels.first);
}

// The same with the cost model's choices.
inline Kernels untuned(const Kernels& kernels) {
    return {kernels.table, kernels.first};
}

// What is wanted, which accepts the problem at this cost, or the usual choice.
const Kernel* settle(const Wanted& wanted, double cost, const Kernel* usual, double usual_cost);

// The one walk: the kernel of `operation` that accepts the problem at the lowest cost, from the first target
// that has any, or the one that is wanted. cost(kernel) is negative when the kernel does not accept. The last
// target accepts everything that is well formed, so the result is null only for operations that are optional.
template <typename Cost>
const Kernel* choose(const Kernels& kernels, KernelOperation operation, Cost&& cost) {
    const KernelTable& table = *kernels.table;
    for (int t = kernels.first; t < table.target_count(); t++) {
        if (t != kernels.first && (table.target(t).device || !table.target(t).usable().ok())) continue;
        const Kernel* best = nullptr;
        double best_cost = 0, wanted_cost = -1;
        for (const Kernel& kernel : table.kernels(t, operation)) {
            if (kernel.fixed) continue;  // Kernel::run chooses them
            const double c = cost(kernel);
            if (&kernel == kernels.wanted.kernel) wanted_cost = c;
            if (c >= 0 && (!best || c < best_cost)) best = &kernel, best_cost = c;
        }
        if (const Kernel* const k = kernels.wanted.kernel;
            k && k->candidate && k->target == t && k->operation == operation)
            wanted_cost = cost(*k);
        if (best) return wanted_cost < 0 ? best : settle(kernels.wanted, wanted_cost, best, best_cost);
    }
    return nullptr;
}

// The kernel of `operation` with the tile of `k`; null: none.
const Kernel* same_tile(const Kernels& kernels, KernelOperation operation, const Kernel& k);

}  // namespace lcn
