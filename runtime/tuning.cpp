// The functions of tuning.h on a table of kernels. What looks a tuning up is in tuned_entries.cpp.
#include "tuning.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "tuned_entries.h"

namespace lcn {

namespace {

constexpr Operation last_operation = Operation::backward_weights;

// A kernel that try_kernel() names, null for the cost model's choice, and the tuning that it takes the place
// of.
struct Trial : TunedChoices {
    static Wanted wanted(const TunedChoices& choices, const KernelTable&, const Geometry&, Operation, int) {
        const Trial& trial = static_cast<const Trial&>(choices);
        return {trial.kernel.load(std::memory_order_relaxed), true,
                trial.reorders.load(std::memory_order_relaxed)};
    }
    constexpr Trial() : TunedChoices{wanted} {}

    std::atomic<const Kernel*> kernel{nullptr};
    std::atomic<bool> reorders{false};
    std::atomic<const TunedChoices*> instead_of{nullptr};
};
constinit Trial trial;

// The tuning of a table, whatever is tried. Null: none.
const TunedEntries* entries_of(const KernelTable& table) {
    const TunedChoices* tuned = table.tuned();
    if (tuned == &trial) tuned = trial.instead_of.load();
    return static_cast<const TunedEntries*>(tuned);
}

void set_entries(KernelTable& table, const TunedEntries* entries) {
    if (table.tuned() == &trial)
        trial.instead_of = entries;
    else
        table.set_tuned(entries);
}

// All tunings there have been, so that nothing is lost that a call may look at.
std::atomic<TunedEntries*> all_tunings{nullptr};

Operation pass_of(KernelOperation operation) {
    switch (operation) {
        case KernelOperation::forward:
        case KernelOperation::forward_dot:
        case KernelOperation::forward_band:
            return Operation::forward;
        case KernelOperation::backward_input_dot:
        case KernelOperation::backward_input_taps:
        case KernelOperation::backward_input_band:
            return Operation::backward_input;
        case KernelOperation::backward_weights:
        case KernelOperation::backward_weights_taps:
            return Operation::backward_weights;
        default:
            return Operation(-1);  // of no pass, or of several
    }
}

// Null or "": none.
Status find_kernel(const KernelTable& table, const char* symbol, const Kernel*& kernel) {
    kernel = nullptr;
    if (!symbol || !*symbol) return {};
    for (const Kernel& k : table.kernels())
        if (std::strcmp(k.symbol, symbol) == 0) kernel = &k;
    return kernel ? Status{} : error(Code::invalid_argument, "kernel: no kernel is named '%.120s'", symbol);
}

Status find_kernel(const KernelTable& table, const TuningEntry& e, int target, const Kernel*& kernel) {
    LCN_RETURN_IF_ERROR(find_kernel(table, e.kernel, kernel));
    if (!kernel) return {};
    if (kernel->target != target)
        return error(Code::invalid_argument, "kernel: '%.80s' is not of target '%.30s'", e.kernel, e.target);
    if (pass_of(kernel->operation) != e.operation)
        return error(Code::invalid_argument, "kernel: '%.80s' does not do the work of the operation",
                     e.kernel);
    return {};
}

Status resolve(const KernelTable& table, const TuningEntry& e, TunedEntries::Entry& resolved) {
    if (e.operation < Operation::forward || e.operation > last_operation)
        return error(Code::invalid_argument, "operation has no such value: %d", int(e.operation));
    if (e.threads < 1 || e.threads > 1024)
        return error(Code::invalid_argument, "threads must be 1 to 1024, got %d", e.threads);
    if (e.origin < TuningOrigin::this_machine || e.origin > TuningOrigin::same_features)
        return error(Code::invalid_argument, "origin has no such value: %d", int(e.origin));
    Geometry g;
    Problem p = e.problem;
    p.activation = {}, p.input_batch_stride = p.output_batch_stride = 0;
    LCN_RETURN_IF_ERROR(check(p, g));
    int target = 0;
    while (target < table.target_count() &&
           std::strcmp(table.target(target).name, e.target ? e.target : "") != 0)
        target++;
    if (target == table.target_count() || table.target(target).device)
        return error(Code::unknown_target, "target: no processor's target is named '%.60s'",
                     e.target ? e.target : "");
    resolved.problem = tuned_problem(p, e.operation, target, e.threads);
    resolved.regime = regime_of(g, e.operation, target, e.threads);
    resolved.origin = e.origin;
    resolved.reorders = e.reorders;
    return find_kernel(table, e, target, resolved.kernel);
}

Status no_memory() {
    return error(Code::no_memory, "no memory for a tuning");
}

Status resolve_all(const KernelTable& table, const TuningEntry* entries, int64_t count,
                   std::unique_ptr<TunedEntries::Entry[]>& resolved) {
    if (count < 0 || count > max_tuning_entries)
        return error(Code::invalid_argument, "count must be 0 to %lld, got %lld",
                     (long long)max_tuning_entries, (long long)count);
    if (!entries && count > 0) return error(Code::null_pointer, "entries is null");
    resolved.reset(new (std::nothrow) TunedEntries::Entry[size_t(count)]);
    if (!resolved) return no_memory();
    for (int64_t k = 0; k < count; k++) {
        resolved[k].index = k;
        if (const Status s = resolve(table, entries[k], resolved[k]); !s.ok())
            return error(s.code, "entry %lld: %.170s", (long long)k, s.message);
    }
    using Entry = TunedEntries::Entry;
    const auto order = [](const Entry& a, const Entry& b) {
        if (a.origin != b.origin) return a.origin < b.origin;
        const int compared = std::memcmp(&a.problem, &b.problem, sizeof a.problem);
        return compared != 0 ? compared < 0 : a.index < b.index;
    };
    std::sort(resolved.get(), resolved.get() + count, order);
    for (int64_t k = 1; k < count; k++)
        if (resolved[k].origin == resolved[k - 1].origin && resolved[k].problem == resolved[k - 1].problem)
            return error(Code::invalid_argument, "entry %lld: the problem of entry %lld again",
                         (long long)resolved[k].index, (long long)resolved[k - 1].index);
    return {};
}

const Kernel* main_kernel(const Geometry& g, const Kernels& kernels, Operation operation) {
    using Main = const Kernel* (*)(const Geometry&, const Kernels&);
    static constexpr Main main[] = {forward_kernel, backward_input_kernel, backward_weights_kernel};
    return main[int(operation)](g, kernels);
}

const char* why_not(const Geometry& g, Kernels kernels, Operation operation) {
    kernels.wanted.most_cost = Wanted{}.most_cost;
    if (main_kernel(g, kernels, operation) == kernels.wanted.kernel)
        return "the cost model is against it for this problem";
    kernels.wanted.reorders = true;
    if (main_kernel(g, kernels, operation) == kernels.wanted.kernel)
        return "it would sum in another order, and so change bits";
    return "it does not accept the problem";
}

}  // namespace

Status check_tuning(const KernelTable& table, const TuningEntry* entries, int64_t count) {
    std::unique_ptr<TunedEntries::Entry[]> resolved;
    return resolve_all(table, entries, count, resolved);
}

Status set_tuning(KernelTable& table, const TuningEntry* entries, int64_t count) {
    std::unique_ptr<TunedEntries::Entry[]> resolved;
    LCN_RETURN_IF_ERROR(resolve_all(table, entries, count, resolved));
    if (count == 0) return set_entries(table, nullptr), Status{};
    TunedEntries* const made = TunedEntries::make(std::move(resolved), count);
    if (!made) return no_memory();
    made->before = all_tunings.load();
    while (!all_tunings.compare_exchange_weak(made->before, made)) {
    }
    set_entries(table, made);
    return {};
}

int64_t tuning_entries(const KernelTable& table) {
    const TunedEntries* const entries = entries_of(table);
    return entries ? entries->count() : 0;
}

Status tuning_choice(const KernelTable& table, const Problem& problem, Operation operation,
                     TuningChoice& choice) {
    if (operation < Operation::forward || operation > last_operation)
        return error(Code::invalid_argument, "operation has no such value: %d", int(operation));
    static constexpr KernelOperation first[] = {KernelOperation::forward, KernelOperation::backward_input_dot,
                                                KernelOperation::backward_weights};
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, first[int(operation)], kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    choice = {};
    if (kernels.device()) return {};
    Kernels present = kernels;
    tune(present, g, operation);
    choice.kernel = main_kernel(g, present, operation)->symbol;
    kernels = untuned(kernels);
    choice.built_in = main_kernel(g, kernels, operation)->symbol;
    if (table.tuned() == &trial) return {};
    const TunedEntries* const entries = entries_of(table);
    TunedEntries::Found found;
    if (entries)
        found = entries->find(table, g, operation, kernels.first);
    else
        found.wanted = table.table_wanted(g, operation, kernels.first);
    if (!found.wanted.tuned) return {};
    choice.rule = found.nearest ? TuningRule::nearest
                  : found.entry ? TuningRule(int(found.entry->origin))
                                : TuningRule::library_table;
    if (found.entry) choice.entry = found.entry->index;
    kernels.wanted = found.wanted;
    if (!kernels.wanted.kernel) return {};
    choice.wanted = kernels.wanted.kernel->symbol;
    if (std::strcmp(choice.kernel, choice.wanted) != 0) choice.why_not = why_not(g, kernels, operation);
    return {};
}

Status try_kernel(KernelTable& table, const char* symbol, bool reorders) {
    const Kernel* kernel = nullptr;
    LCN_RETURN_IF_ERROR(find_kernel(table, symbol, kernel));
    trial.kernel = kernel;
    trial.reorders = reorders;
    const bool tries = table.tuned() == &trial;
    if (symbol && !tries) trial.instead_of = table.tuned(), table.set_tuned(&trial);
    if (!symbol && tries) table.set_tuned(trial.instead_of);
    return {};
}

}  // namespace lcn
