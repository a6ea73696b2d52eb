#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace lcn {

// A thread is woken only for so much work, in nanoseconds: one that sleeps begins 5 to 50 us later. Tests set
// it to zero, so that small problems are cut as large ones are.
constexpr int64_t usual_least_nanoseconds = 25'000;
extern std::atomic<int64_t> least_nanoseconds;

// The units of a job that nobody has taken yet.
class UnitsLeft {
  public:
    explicit UnitsLeft(int64_t count) : count_(count) {}
    bool take(int64_t& unit) { return (unit = next_.fetch_add(1, std::memory_order_relaxed)) < count_; }

  private:
    const int64_t count_;
    std::atomic<int64_t> next_{0};
};

// Calls drain(context, slot, left) at most `slots` times at once, each time with a slot of its own in
// [0, slots), until all units are taken.
void drain_units(int slots, int64_t units, void (*drain)(void* context, int slot, UnitsLeft& left),
                 void* context);

// Runs body(state, slot, unit) for every unit in [0, units). At most `slots` calls run at once, each with a
// slot of its own in [0, slots) and a State that the units of one thread share; which slot gets which unit is
// not fixed, so results must not depend on it.
template <typename State, typename Body>
void parallel_units_with(int slots, int64_t units, Body&& body) {
    drain_units(
        slots, units,
        [](void* context, int slot, UnitsLeft& left) {
            State state;
            for (int64_t unit; left.take(unit);)
                (*static_cast<std::remove_reference_t<Body>*>(context))(state, slot, unit);
        },
        &body);
}

// The same of body(slot, unit).
template <typename Body>
void parallel_units(int slots, int64_t units, Body&& body) {
    struct Nothing {};
    parallel_units_with<Nothing>(slots, units, [&](Nothing&, int slot, int64_t unit) { body(slot, unit); });
}

}  // namespace lcn
