// A kernel that Halide scheduled by itself, in a shared library with a runtime of its own.
#pragma once

#include <HalideBuffer.h>

#include <string>

#include "bench/rows.h"

namespace bench {

// For one row, on one thread. Throws std::runtime_error when the library cannot be loaded.
class Kernel {
  public:
    Kernel(const std::string& library, const Row& row);
    ~Kernel();
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;

    // Of the operation, in the order of lcn.h: two tensors that are read, one that is written. Returns
    // Halide's error code, 0 when all is well.
    int operator()(const float* first, const float* second, float* result);

  private:
    using Buffer = Halide::Runtime::Buffer<float>;

    void* library_;
    int (*function_)(halide_buffer_t*, halide_buffer_t*, halide_buffer_t*);
    Buffer first_, second_, result_;
};

}  // namespace bench
