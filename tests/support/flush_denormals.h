#pragma once

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace lcn_test {

// From now on this thread takes and makes zeros for denormals (until std::fesetenv with another environment).
inline void flush_denormals() {
#if defined(__SSE__)
    _mm_setcsr(_mm_getcsr() | 0x8040u);  // DAZ and FTZ
#elif defined(__aarch64__)
    const __UINT64_TYPE__ fz = 1u << 24;
    __UINT64_TYPE__ control = 0;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    asm volatile("msr fpcr, %0" : : "r"(control | fz));
#else
#error "how does this processor flush denormals?"
#endif
}

}  // namespace lcn_test
