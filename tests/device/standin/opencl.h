// A stand-in for the library of OpenCL's drivers, libOpenCL.so.1, as the tests see it: for failures, which
// real drivers have too seldom. It has one device, compiles nothing, keeps no memory and runs no kernel. It
// allocates nothing, so what a test counts is lcn's.
#pragma once

namespace standin {

struct OpenclObjects {
    int contexts = 0, queues = 0, programs = 0, kernels = 0, buffers = 0;
    bool operator==(const OpenclObjects&) const = default;
};

class Opencl {
  public:
    // Every call of the function returns `result`, until another is named. Null: none.
    virtual void fail(const char* function, int result) = 0;
    // The texts stay the test's.
    virtual void describe(const char* device_name, const char* build_log) = 0;
    virtual OpenclObjects alive() const = 0;  // created and not released

  protected:
    ~Opencl() = default;
};

}  // namespace standin

// The name by which the stand-in is told from a driver.
extern "C" __attribute__((visibility("default"))) standin::Opencl* standin_opencl();
