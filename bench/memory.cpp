#include "memory.h"

#include <sys/mman.h>

#include <new>

namespace bench {

Floats::Floats(int64_t count) : size_(count) {
    constexpr int64_t page = 2 << 20;
    const int64_t bytes = (count * 4 / page + 1) * page;
    data_.reset(static_cast<float*>(std::aligned_alloc(page, bytes)));
    if (!data_) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    madvise(data_.get(), bytes, MADV_HUGEPAGE);
#endif
}

FreshPages::FreshPages(int64_t bytes) : bytes_(bytes + 1) {  // a mapping is never empty
    data_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data_ == MAP_FAILED) throw std::bad_alloc();
#ifdef MADV_NOHUGEPAGE
    madvise(data_, bytes_, MADV_NOHUGEPAGE);
#endif
}

FreshPages::~FreshPages() {
    munmap(data_, bytes_);
}

}  // namespace bench
