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

}  // namespace bench
