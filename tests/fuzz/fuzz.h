// What every fuzz function shares. Each is LLVMFuzzerTestOneInput() of a program of its own: it takes any
// bytes, and ends the process when lcn does something that no bytes may bring about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace fuzz {

// Ends the process, so that the input is kept, unless `holds`.
inline void expect(bool holds, const std::string& what) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what.c_str());
    std::abort();
}

}  // namespace fuzz
