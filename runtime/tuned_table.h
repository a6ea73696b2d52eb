#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "lcn/lcn.h"

namespace lcn {

// One choice of schedules/<target>/tuned.cmake: a problem, and the index of the kernel that is the fastest
// for it. Rows of zeros are of no problem.
struct TunedRow {
    static constexpr int count = 10;
    int32_t numbers[count] = {};
    int32_t kernel = 0;

    bool is_for(const Problem& p, Operation operation, int target) const;  // with the library's threads
};

constexpr int32_t tuned_kind(Operation operation, Padding padding, DataFormat data_format, bool several,
                             int target) {
    return int32_t(operation) | int32_t(padding) << 2 | int32_t(data_format) << 3 | int32_t(several) << 4 |
           target << 5;
}

// Multiplications that do not wait for each other: a search comes before every call.
template <typename Number>
constexpr uint32_t tuned_hash(const Number (&numbers)[TunedRow::count]) {
    uint32_t sum = 0, factor = 0x9e3779b1u;
    for (const Number number : numbers) sum += uint32_t(number) * factor, factor = factor * 0x85ebca6bu | 1;
    return sum ^ sum >> 15;
}

// Rows by the hash of their numbers, with open addressing, at most half full.
template <size_t rows>
struct TunedPlaces {
    static constexpr size_t size = std::bit_ceil(2 * rows);
    uint16_t row[size] = {};  // its index and one more; 0: none

    explicit constexpr TunedPlaces(const TunedRow (&of)[rows]) {
        for (size_t k = 0; k < rows; k++) {
            size_t at = tuned_hash(of[k].numbers) % size;
            while (row[at] != 0) at = (at + 1) % size;
            row[at] = uint16_t(k + 1);
        }
    }
};

// The choices of a library, which are there from the start. The last row is of no problem.
struct TunedTable {
    const TunedRow* rows = nullptr;
    const uint16_t* places = nullptr;
    size_t mask = 0;

    constexpr TunedTable() = default;
    template <size_t count>
    constexpr TunedTable(const TunedRow (&of)[count], const TunedPlaces<count>& placed)
        : rows(count > 1 ? of : nullptr), places(placed.row), mask(placed.size - 1) {}

    // Index of the kernel; -1: the table has none for the problem. Threads are those of the library.
    int find(const Problem& p, Operation operation, int target) const;
};

}  // namespace lcn
