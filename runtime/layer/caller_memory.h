// What is asked of memory that a caller hands in.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace lcn::layer {

struct Memory {
    const char* name;
    const float* first;
    int64_t count;
};

inline void check_aligned(const Memory& memory) {
    if (reinterpret_cast<uintptr_t>(memory.first) % alignof(float) == 0) return;
    char address[32];
    std::snprintf(address, sizeof address, "%p", static_cast<const void*>(memory.first));
    throw std::invalid_argument(std::string(memory.name) + " is not a multiple of 4 bytes: " + address);
}

inline void check_given(const Memory& memory) {
    if (!memory.first) throw std::invalid_argument(std::string(memory.name) + " is null");
    check_aligned(memory);
}

// What is written must not lie in what is read, nor the other way round. Null is nowhere.
inline void check_apart(const Memory& written, std::initializer_list<Memory> others) {
    for (const Memory& other : others) {
        if (!written.first || !other.first) continue;
        if (std::less<>()(written.first, other.first + other.count) &&
            std::less<>()(other.first, written.first + written.count))
            throw std::invalid_argument(std::string(written.name) + " overlaps " + other.name);
    }
}

}  // namespace lcn::layer
