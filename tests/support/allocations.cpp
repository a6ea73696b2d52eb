#include "allocations.h"

#include <malloc.h>

#include <cerrno>
#include <cstddef>

namespace {

struct State {
    bool counting = false, spared = false;
    int64_t first = 0, last = 0;  // that fail
    size_t at_least = 0;
    int64_t asked = 0, failed = 0, alive = 0;
};
thread_local State state;

bool fails(size_t size) {
    if (!state.counting || state.spared || size < state.at_least) return false;
    const int64_t number = state.asked++;
    if (number < state.first || number > state.last) return false;
    state.failed++;
    errno = ENOMEM;
    return true;
}

void* made(void* memory) {
    if (state.counting && !state.spared && memory) state.alive++;
    return memory;
}

}  // namespace

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* memory);

void* malloc(size_t size) {
    return fails(size) ? nullptr : made(__libc_malloc(size));
}
void* calloc(size_t count, size_t size) {
    return fails(count * size) ? nullptr : made(__libc_calloc(count, size));
}
void* realloc(void* memory, size_t size) {
    if (fails(size)) return nullptr;
    return memory ? __libc_realloc(memory, size) : made(__libc_malloc(size));
}
void* memalign(size_t alignment, size_t size) {
    return fails(size) ? nullptr : made(__libc_memalign(alignment, size));
}
void* aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
    void* const got = memalign(alignment, size);
    if (!got) return ENOMEM;
    *memory = got;
    return 0;
}
void free(void* memory) {
    if (state.counting && !state.spared && memory) state.alive--;
    __libc_free(memory);
}
}

namespace lcn_test {

FailingAllocations::FailingAllocations(int64_t first, Which which, size_t at_least) {
    state = {true, false, first, which == once ? first : INT64_MAX, at_least};
}

FailingAllocations::~FailingAllocations() {
    state.counting = false;
}

void FailingAllocations::spare(bool spared) {
    state.spared = spared;
}

int64_t FailingAllocations::failed() const {
    return state.failed;
}

int64_t FailingAllocations::alive() const {
    return state.alive;
}

}  // namespace lcn_test
