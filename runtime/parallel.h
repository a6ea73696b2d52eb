#pragma once

#include <cstdint>
#include <type_traits>

namespace lcn {

// Runs body(slot, unit) for every unit in [0, units). At most `slots` calls run at once, each with a slot of
// its own in [0, slots); which slot gets which unit is not fixed, so results must not depend on it.
void parallel_units(int slots, int64_t units, void (*body)(void* context, int slot, int64_t unit),
                    void* context);

template <typename Body>
void parallel_units(int slots, int64_t units, Body&& body) {
    parallel_units(
        slots, units,
        [](void* context, int slot, int64_t unit) {
            (*static_cast<std::remove_reference_t<Body>*>(context))(slot, unit);
        },
        &body);
}

}  // namespace lcn
