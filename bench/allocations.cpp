#include "allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<int64_t> count{0};

}  // namespace

#if defined(__GLIBC__)
// Every allocation passes here, those of operator new among them.
extern "C" void* __libc_malloc(size_t size);
extern "C" void* malloc(size_t size) {
    count++;
    return __libc_malloc(size);
}
#else
void* operator new(size_t size) {
    count++;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
    std::free(memory);
}
#endif

namespace bench {

int64_t allocations() {
    return count;
}

}  // namespace bench
