// Memory for measurements: on huge pages where the system has them, and what the machine has.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace bench {

// Floats on a 2 MB boundary, contents undefined.
class Floats {
  public:
    explicit Floats(int64_t count);

    float* data() const { return data_.get(); }
    int64_t size() const { return size_; }

  private:
    struct Free {
        void operator()(float* data) const { std::free(data); }
    };
    std::unique_ptr<float, Free> data_;
    int64_t size_;
};

// Bytes of memory that can be had without swapping; 0: the system does not say.
int64_t available_memory();

// Bytes of all last-level caches of the machine together; 0: the system does not say.
int64_t last_level_cache();

}  // namespace bench
