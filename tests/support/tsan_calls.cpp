// What kernels instrumented by Halide's LLVM call of ThreadSanitizer's library, where that of an older clang does
// not have it. The functions behind are watched by every version.
#include <cstddef>
#include <cstring>

extern "C" {
__attribute__((weak)) void* __tsan_memset(void* to, int value, size_t size) {
    return std::memset(to, value, size);
}
__attribute__((weak)) void* __tsan_memcpy(void* to, const void* from, size_t size) {
    return std::memcpy(to, from, size);
}
__attribute__((weak)) void* __tsan_memmove(void* to, const void* from, size_t size) {
    return std::memmove(to, from, size);
}
}
