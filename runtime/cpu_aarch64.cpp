#include "cpu.h"

#if defined(__linux__)  // Android too
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace lcn {

namespace {

struct Row {
    CpuFeatures feature;
    int linux_bit;      // of AT_HWCAP: Linux, Documentation/arm64/elf_hwcaps.rst
    const char* apple;  // of sysctl hw.optional: Apple, "Determining instruction set characteristics"
};
constexpr Row rows[] = {
    {cpu_features("asimd"), 1, "hw.optional.AdvSIMD"},
    {cpu_features("asimdhp"), 10, "hw.optional.arm.FEAT_FP16"},
    {cpu_features("asimddp"), 20, "hw.optional.arm.FEAT_DotProd"},
};
static_assert(sizeof rows / sizeof *rows == sizeof cpu_feature_names / sizeof *cpu_feature_names,
              "a row for every feature");

bool has(const Row& row) {
#if defined(__linux__)
    return getauxval(AT_HWCAP) >> row.linux_bit & 1;
#elif defined(__APPLE__)
    int value = 0;
    size_t size = sizeof value;
    return sysctlbyname(row.apple, &value, &size, nullptr, 0) == 0 && value != 0;
#else
    return row.linux_bit == 1;  // every 64-bit ARM has Advanced SIMD
#endif
}

}  // namespace

CpuFeatures machine_features() {
    static const CpuFeatures found = [] {
        CpuFeatures set = 0;
        for (const Row& row : rows)
            if (has(row)) set |= row.feature;
        return set;
    }();
    return found;
}

// Here they are in order with a store that releases, as all others are.
void drain_stores() {}

}  // namespace lcn
