#include <immintrin.h>

#include "cpu.h"

#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif

namespace lcn {

namespace {

struct Registers {
    uint32_t eax, ebx, ecx, edx;
};

Registers cpuid(uint32_t leaf) {
    Registers r = {};
#if defined(_MSC_VER)
    int values[4];
    __cpuid(values, 0);
    if (uint32_t(values[0]) < leaf) return r;
    __cpuidex(values, int(leaf), 0);
    r = {uint32_t(values[0]), uint32_t(values[1]), uint32_t(values[2]), uint32_t(values[3])};
#else
    __get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
#endif
    return r;
}

// The registers that the operating system saves: extended control register 0.
uint64_t saved_state() {
#if defined(_MSC_VER)
    return _xgetbv(0);
#else
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return uint64_t(high) << 32 | low;
#endif
}

// Bits of leaves 1 (ecx) and 7 (ebx) and the state they need: Intel's manual, volume 2, CPUID, and volume 1,
// 13.1.
constexpr uint64_t ymm_state = 0x06, zmm_state = 0xe6;
struct Row {
    CpuFeatures feature;
    int leaf, bit;
    uint64_t state;
};
constexpr Row rows[] = {
    {cpu_features("fma"), 1, 12, ymm_state},      {cpu_features("avx2"), 7, 5, ymm_state},
    {cpu_features("avx512f"), 7, 16, zmm_state},  {cpu_features("avx512cd"), 7, 28, zmm_state},
    {cpu_features("avx512bw"), 7, 30, zmm_state}, {cpu_features("avx512dq"), 7, 17, zmm_state},
    {cpu_features("avx512vl"), 7, 31, zmm_state},
};
static_assert(sizeof rows / sizeof *rows == sizeof cpu_feature_names / sizeof *cpu_feature_names,
              "a row for every feature");

CpuFeatures find() {
    const uint32_t ecx = cpuid(1).ecx, ebx = cpuid(7).ebx;
    const bool has_xgetbv = ecx >> 27 & 1;
    const uint64_t state = has_xgetbv ? saved_state() : 0;
    CpuFeatures found = 0;
    for (const Row& row : rows) {
        const uint32_t bits = row.leaf == 1 ? ecx : ebx;
        if ((bits >> row.bit & 1) && (state & row.state) == row.state) found |= row.feature;
    }
    return found;
}

}  // namespace

CpuFeatures machine_features() {
    static const CpuFeatures found = find();
    return found;
}

void drain_stores() {
    _mm_sfence();
}

}  // namespace lcn
