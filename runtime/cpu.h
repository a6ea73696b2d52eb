#pragma once

#include <cstdint>
#include <string_view>

#include "lcn/api.h"

namespace lcn {

// The processor features that targets may ask for, by the names that schedules/targets.cmake uses (those of
// /proc/cpuinfo). Bit b of a set of features is name b.
#if defined(__x86_64__) || defined(_M_X64)
inline constexpr std::string_view cpu_feature_names[] = {"fma",      "avx2",     "avx512f", "avx512cd",
                                                         "avx512bw", "avx512dq", "avx512vl"};
#elif defined(__aarch64__) || defined(_M_ARM64)
inline constexpr std::string_view cpu_feature_names[] = {"asimd", "asimdhp", "asimddp"};
#else
#error "lcn has no kernels for this architecture"
#endif

using CpuFeatures = uint32_t;

// What this machine has, found once.
LCN_API CpuFeatures machine_features();

// Puts this thread's stores past the caches in order before those that tell another thread of them.
void drain_stores();

// Not defined: a name in schedules/targets.cmake that is not above does not compile.
CpuFeatures unknown_cpu_feature();

// The set that words, separated by single spaces, name.
constexpr CpuFeatures cpu_features(std::string_view words) {
    CpuFeatures set = 0;
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        CpuFeatures bit = 0, each = 1;
        for (const std::string_view name : cpu_feature_names) {
            if (name == word) bit = each;
            each <<= 1;
        }
        set |= bit ? bit : unknown_cpu_feature();
        words.remove_prefix(word.size() < words.size() ? word.size() + 1 : words.size());
    }
    return set;
}

}  // namespace lcn
