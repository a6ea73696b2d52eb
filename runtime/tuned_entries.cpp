#include "tuned_entries.h"

#include <cmath>
#include <cstring>
#include <new>

#include "tile_cost.h"

namespace lcn {

namespace {

// Entries farther away say nothing: the product of all ratios of sizes, as a power of two.
constexpr double farthest = 2.0;

// What the cost model may say against a kernel that was the best for another problem.
constexpr float most_cost_of_nearest = 1.25f;

int class_of(int64_t value, std::initializer_list<int64_t> first) {
    int result = 0;
    for (const int64_t begins : first) result += value >= begins;
    return result;
}

}  // namespace

bool TunedProblem::operator==(const TunedProblem& other) const {
    return std::memcmp(numbers, other.numbers, sizeof numbers) == 0;
}

uint64_t TunedProblem::hash() const {
    uint64_t h = 0;
    for (const int64_t number : numbers) {
        h = (h ^ uint64_t(number)) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    return h * 0xbf58476d1ce4e5b9u;
}

TunedProblem tuned_problem(const Problem& p, Operation operation, int target, int threads) {
    const int kind = int(operation) + 4 * int(p.padding) + 8 * int(p.data_format);
    return {{kind, target, threads, p.batch, p.input_rows, p.input_columns, p.channels, p.filters,
             p.kernel_rows, p.kernel_columns, p.stride_rows, p.stride_columns, 0}};
}

bool Regime::operator==(const Regime& other) const {
    return operation == other.operation && target == other.target && channels_first == other.channels_first &&
           threads == other.threads && batch == other.batch && filters == other.filters &&
           window == other.window && weights == other.weights;
}

double Regime::distance(const Regime& other) const {
    double sum = 0;
    for (int k = 0; k < 4; k++) sum += std::abs(size[k] - other.size[k]);
    return sum;
}

// The borders are those at which the passes go another way (plan_forward.cpp, plan_backward.cpp,
// forward_band.cpp, backward_input.cpp).
Regime regime_of(const Geometry& g, Operation operation, int target, int threads) {
    const Problem& p = g.problem;
    const int64_t weights = operation == Operation::forward ? g.window * p.filters * 4 : 0;
    return {int(operation),
            target,
            g.channels_first,
            class_of(threads, {2}),
            class_of(p.batch, {2, 8, 32, 128}),
            class_of(p.filters, {2, 3, 8, 1000}),
            class_of(g.window, {few_taps + 1}),
            class_of(weights, {uncut_bytes + 1, most_uncut_bytes + 1}),
            {std::log2(double(p.batch)), std::log2(double(p.filters)), std::log2(double(g.taps)),
             std::log2(double(g.planes * p.kernel_rows))}};
}

TunedEntries* TunedEntries::make(std::unique_ptr<Entry[]> entries, int64_t count) {
    uint64_t places = 16;
    while (places < 2 * uint64_t(count)) places *= 2;
    std::unique_ptr<TunedEntries> made(new (std::nothrow) TunedEntries);
    std::unique_ptr<Place[]> table(new (std::nothrow) Place[places]);
    if (!made || !table) return nullptr;
    made->mask_ = places - 1;
    made->places_ = std::move(table);
    made->entries_ = std::move(entries);
    made->count_ = count;
    for (int64_t k = 0; k < count; k++) {
        const TunedProblem& problem = made->entries_[k].problem;
        const uint64_t hash = problem.hash();
        if (made->exact(problem, hash)) continue;  // of a nearer origin
        uint64_t at = hash >> 20 & made->mask_;
        while (made->places_[at].entry >= 0) at = (at + 1) & made->mask_;
        made->places_[at] = {int32_t(k), uint32_t(hash)};
    }
    return made.release();
}

const TunedEntries::Entry* TunedEntries::exact(const TunedProblem& problem, uint64_t hash) const {
    for (uint64_t at = hash >> 20 & mask_; places_[at].entry >= 0; at = (at + 1) & mask_) {
        const Entry& e = entries_[places_[at].entry];
        if (places_[at].hash == uint32_t(hash) && e.problem == problem) return &e;
    }
    return nullptr;
}

const TunedEntries::Entry* TunedEntries::nearest(const Regime& regime) const {
    const Entry* best = nullptr;
    double best_distance = farthest;
    for (int64_t k = 0; k < count_; k++) {
        const Entry& e = entries_[k];
        // Whether to stream depends on the size of the whole, and bits on nothing that was not asked for.
        if (!(e.regime == regime) || e.reorders || (e.kernel && e.kernel->streaming)) continue;
        const double distance = e.regime.distance(regime);
        if (distance < best_distance || (!best && distance == best_distance))
            best = &e, best_distance = distance;
    }
    return best;
}

TunedEntries::Found TunedEntries::find(const KernelTable& table, const Geometry& g, Operation operation,
                                       int target) const {
    const int number = threads();
    const TunedProblem problem = tuned_problem(g.problem, operation, target, number);
    const uint64_t hash = problem.hash();
    if (const Entry* e = exact(problem, hash)) return {e, false, {e->kernel, true, e->reorders}};
    if (const Wanted of_library = table.table_wanted(g, operation, target); of_library.tuned)
        return {nullptr, false, of_library};
    const uint64_t place = search(g, operation, target, number, hash);
    if (place == nothing) return {};
    const Entry& e = entries_[place];
    return {&e, true, {e.kernel, true, false, most_cost_of_nearest}};
}

uint64_t TunedEntries::search(const Geometry& g, Operation operation, int target, int number,
                              uint64_t hash) const {
    std::atomic<uint64_t>(&set)[ways] = searched_[hash % sets];
    const uint64_t mark = hash >> 16 << 16;
    uint64_t free = hash >> 8 & (ways - 1);
    for (uint64_t way = 0; way < ways; way++) {
        const uint64_t known = set[way].load(std::memory_order_relaxed);
        if (known == 0) free = way;
        if (known != 0 && known >> 16 << 16 == mark) return known & 0xffff;
    }
    const Entry* const e = nearest(regime_of(g, operation, target, number));
    const uint64_t place = e ? uint64_t(e - entries_.get()) : nothing;
    set[free].store(mark | place, std::memory_order_relaxed);
    return place;
}

Wanted TunedEntries::find_wanted(const TunedChoices& choices, const KernelTable& table, const Geometry& g,
                                 Operation operation, int target) {
    return static_cast<const TunedEntries&>(choices).find(table, g, operation, target).wanted;
}

}  // namespace lcn
