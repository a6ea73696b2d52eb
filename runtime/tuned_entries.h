#pragma once

#include <atomic>
#include <memory>

#include "geometry.h"
#include "kernel_table.h"
#include "lcn/tuning.h"

namespace lcn {

// What tells one problem of a tuning from another.
struct TunedProblem {
    static constexpr int count = 13;
    int64_t numbers[count];

    bool operator==(const TunedProblem& other) const;
    uint64_t hash() const;
};
TunedProblem tuned_problem(const Problem& p, Operation operation, int target, int threads);

// Problems whose best kernels have the same reasons, and how far apart two of them are.
struct Regime {
    int operation, target, channels_first, threads, batch, filters, window, weights;  // classes
    double size[4];  // logarithms of batch, filters, taps of a window row, rows of windows

    bool operator==(const Regime& other) const;
    double distance(const Regime& other) const;
};
Regime regime_of(const Geometry& g, Operation operation, int target, int threads);

// A tuning, immutable but for what it remembers of its searches.
class TunedEntries : public TunedChoices {
  public:
    struct Entry {
        TunedProblem problem;
        Regime regime;
        const Kernel* kernel;  // null: the usual choice
        TuningOrigin origin;
        bool reorders;
        int64_t index;  // in the caller's array
    };

    // Null: no memory. The entries must have been checked, and come in the order of their origin.
    static TunedEntries* make(std::unique_ptr<Entry[]> entries, int64_t count);

    // What is found, and the kernel that is wanted for it: by an entry for the problem, else by what the
    // library has from the start, else by an entry for the nearest problem.
    struct Found {
        const Entry* entry = nullptr;
        bool nearest = false;
        Wanted wanted = {};
    };
    Found find(const KernelTable& table, const Geometry& g, Operation operation, int target) const;

    int64_t count() const { return count_; }

    TunedEntries* before = nullptr;  // the list of all there have been

  private:
    TunedEntries() : TunedChoices{find_wanted} {}
    static Wanted find_wanted(const TunedChoices& choices, const KernelTable& table, const Geometry& g,
                              Operation operation, int target);
    const Entry* exact(const TunedProblem& problem, uint64_t hash) const;
    const Entry* nearest(const Regime& regime) const;

    std::unique_ptr<Entry[]> entries_;
    int64_t count_ = 0;
    // Open addressing: entries by the hash of their problem, at most half full.
    struct Place {
        int32_t entry = -1;  // none
        uint32_t hash = 0;
    };
    std::unique_ptr<Place[]> places_;
    uint64_t mask_ = 0;
    // Searches for the nearest entry that were made, by the hash of their problem: its upper 48 bits, then
    // the place of what was found, or `nothing`. Another problem with the same 48 bits would get an entry
    // that is not its nearest, which is as right and hardly ever as fast.
    // Each has four places to be in, so that those of a program's layers hardly ever displace each other.
    static constexpr uint64_t sets = 256, ways = 4, nothing = 0xffff;
    mutable std::atomic<uint64_t> searched_[sets][ways] = {};
    uint64_t search(const Geometry& g, Operation operation, int target, int threads, uint64_t hash) const;
};

}  // namespace lcn
