// Memory of the layer: floats on whole cache lines, and scratch that calls of several threads share.
#pragma once

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "fork_mutex.h"

namespace lcn::layer {

// Large arrays begin on a huge page and ask for such pages: each weight is read once, so small ones would
// cost a walk of the page table every 4 KB, and more or less of one by chance of where they lie.
inline constexpr size_t cache_line = 64, huge_page = size_t(1) << 21;

struct AlignedDelete {
    size_t alignment = cache_line;
    void operator()(void* memory) const { ::operator delete(memory, std::align_val_t(alignment)); }
};

// `count` floats; throws std::bad_alloc.
class Floats {
  public:
    Floats() = default;
    explicit Floats(int64_t count) : count_(count) {
        const size_t bytes = size_t(count) * sizeof(float);
        const size_t alignment = bytes >= huge_page ? huge_page : cache_line;
        void* const memory = ::operator new(bytes, std::align_val_t(alignment));
        memory_ = {static_cast<float*>(memory), AlignedDelete{alignment}};
#ifdef MADV_HUGEPAGE
        if (alignment == huge_page) madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);
#endif
    }

    float* data() const {
        return memory_.get();
    }
    int64_t count() const {
        return count_;
    }

  private:
    std::unique_ptr<float, AlignedDelete> memory_;
    int64_t count_ = 0;
};

// Scratch that calls hand on to the next one, so that a call touches no new memory; also calls of several
// threads.
class ScratchPool {
  public:
    // At least `count` floats, with whatever was left in them: the smallest that will do.
    Floats take(int64_t count) {
        if (count == 0) return {};
        {
            const ForkMutex::Lock lock(mutex_);
            if (!lock) return Floats(count);
            const auto fits = [&](const Floats& floats) { return floats.count() >= count; };
            const auto smaller = [&](const Floats& a, const Floats& b) {
                return fits(a) != fits(b) ? fits(a) : a.count() < b.count();
            };
            const auto best = std::min_element(idle_.begin(), idle_.end(), smaller);
            if (best != idle_.end()) {
                std::swap(*best, idle_.back());
                Floats taken = std::move(idle_.back());
                idle_.pop_back();
                if (fits(taken)) return taken;  // else it is freed: a larger one takes its place
            }
        }
        return Floats(count);
    }

    void give_back(Floats floats) noexcept {
        if (floats.count() == 0) return;
        const ForkMutex::Lock lock(mutex_);
        if (!lock) return;
        try {
            idle_.push_back(std::move(floats));
        } catch (const std::bad_alloc&) {  // then it is freed
        }
    }

  private:
    ForkMutex mutex_;
    std::vector<Floats> idle_;
};

// Scratch for the time of a scope.
class Scratch {
  public:
    Scratch(ScratchPool& pool, int64_t count) : pool_(pool), floats_(pool.take(count)) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { pool_.give_back(std::move(floats_)); }

    float* data() const { return floats_.data(); }

  private:
    ScratchPool& pool_;
    Floats floats_;
};

}  // namespace lcn::layer
