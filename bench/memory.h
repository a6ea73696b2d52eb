// Memory for measurements, on huge pages where the system has them.
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

// Pages of the usual size that nothing has touched: they become resident one by one, as they are used.
class FreshPages {
  public:
    explicit FreshPages(int64_t bytes);
    ~FreshPages();
    FreshPages(const FreshPages&) = delete;
    FreshPages& operator=(const FreshPages&) = delete;

    void* data() const { return data_; }

  private:
    void* data_;
    int64_t bytes_;
};

}  // namespace bench
