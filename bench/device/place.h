// Where rows run, and what they are compared with.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cuda_stream.h"
#include "lcn/device.h"
#include "matrix_products.h"
#include "memory_rates.h"

namespace bench {

struct Place {
    lcn::Queue queue;
    CudaStream* stream = nullptr;    // null: not CUDA; time is the clock's, and nothing is compared
    const Cublas* cublas = nullptr;  // null: there is none
    MemoryRates memory;              // 0: not known
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max();
};

// Device 0 of a target, with all that the rows on it share. What it says goes into the context block.
class Bench {
  public:
    // Throws std::runtime_error.
    explicit Bench(const char* target);

    void add_context() const;

    // Measures the memory; its rates are called probe_`when`_...
    void read_probes(const std::string& when);

    Place place;

  private:
    // Made in this order, and gone in the other.
    lcn::DeviceInfo info_;
    std::optional<CudaStream> stream_;
    std::optional<Cublas> cublas_;
    std::string without_cublas_;  // why
};

}  // namespace bench
