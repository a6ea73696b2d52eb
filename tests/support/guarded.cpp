#include "guarded.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <system_error>

namespace lcn_test {

namespace {

const int64_t page = sysconf(_SC_PAGESIZE);
constexpr unsigned char pattern = 0xff;  // four of them are a NaN

bool is_pattern(const char* begin, const char* end) {
    return std::all_of(begin, end, [](char c) { return static_cast<unsigned char>(c) == pattern; });
}

}  // namespace

GuardedFloats::GuardedFloats(int64_t count, Placement placement) : count_(count) {
    bytes_ = std::max<int64_t>(1, (count * 4 + placement.bytes + page - 1) / page) * page;
    void* const mapping = mmap(nullptr, size_t(bytes_ + 2 * page), PROT_NONE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    mapping_ = static_cast<char*>(mapping);
    char* const first = mapping_ + page;
    if (mprotect(first, size_t(bytes_), PROT_READ | PROT_WRITE) != 0)
        throw std::system_error(errno, std::generic_category(), "mprotect");
    madvise(first, size_t(bytes_), MADV_HUGEPAGE);  // large buffers cost more in page faults than in work
    std::memset(first, pattern, size_t(bytes_));
    const int64_t at =
        placement.edge == Placement::left ? placement.bytes : bytes_ - placement.bytes - count * 4;
    data_ = reinterpret_cast<float*>(first + at);
}

GuardedFloats::~GuardedFloats() {
    munmap(mapping_, size_t(bytes_ + 2 * page));
}

void GuardedFloats::make_read_only() {
    mprotect(mapping_ + page, size_t(bytes_), PROT_READ);
}

bool GuardedFloats::surroundings_intact() const {
    const char* const first = mapping_ + page;
    return is_pattern(first, reinterpret_cast<const char*>(data_)) &&
           is_pattern(reinterpret_cast<const char*>(data_ + count_), first + bytes_);
}

bool GuardedFloats::intact(int64_t first, int64_t end) const {
    return is_pattern(reinterpret_cast<const char*>(data_ + first),
                      reinterpret_cast<const char*>(data_ + end));
}

}  // namespace lcn_test
