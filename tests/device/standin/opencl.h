// A stand-in for the library of OpenCL's drivers, libOpenCL.so.1, as the tests see it: for failures, which
// real drivers have too seldom. It compiles nothing, keeps no memory and runs no kernel. It allocates
// nothing, so what a test counts is lcn's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace standin {

struct OpenclObjects {
    int contexts = 0, queues = 0, programs = 0, kernels = 0, buffers = 0;
    bool operator==(const OpenclObjects&) const = default;
};

struct OpenclProperties {
    int platform = 0;   // 0 or 1
    uint64_t type = 4;  // CL_DEVICE_TYPE_GPU; 2: .._CPU
    const char* name = "Stand-in";
    const char* version = "OpenCL 1.2 stand-in";
    bool available = true, compiles = true;
    size_t group_threads = 256;
    uint64_t local_bytes = 32 << 10;
};

class Opencl {
  public:
    // The properties stay the test's. At first: one device with those above.
    virtual void set_devices(const OpenclProperties* devices, int count) = 0;

    // Every call of the function returns `result`, until another is named. Null: none.
    virtual void fail(const char* function, int result) = 0;
    virtual void set_build_log(const char* text) = 0;  // stays the test's
    virtual OpenclObjects alive() const = 0;           // created and not released

  protected:
    ~Opencl() = default;
};

}  // namespace standin

// The name by which the stand-in is told from a driver.
extern "C" __attribute__((visibility("default"))) standin::Opencl* standin_opencl();
