#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "lcn/device.h"
#include "support/random.h"

namespace lcn_test {

// What a program has that uses OpenCL itself: a context and a queue of the device that lcn calls 0, if the
// first platform has it. Types and values are those of CL/cl.h.
class OpenclProgram {
  public:
    using Handle = void*;
    static constexpr uint64_t out_of_order = 1, any_type = 0xFFFFFFFF, gpu_type = 4, read_write = 1;

    explicit OpenclProgram(uint64_t properties = 0) : library_(dlopen("libOpenCL.so.1", RTLD_NOW)) {
        Handle platform = nullptr;
        uint32_t count = 0;
        int32_t failed = 0;
        if (!library_ ||
            call<int32_t(uint32_t, Handle*, uint32_t*)>("clGetPlatformIDs")(1, &platform, &count))
            return;
        for (uint64_t type : {gpu_type, any_type})
            if (!device_)
                call<int32_t(Handle, uint64_t, uint32_t, Handle*, uint32_t*)>("clGetDeviceIDs")(
                    platform, type, 1, &device_, nullptr);
        context_ = call<Handle(const intptr_t*, uint32_t, const Handle*, void*, void*, int32_t*)>(
            "clCreateContext")(nullptr, 1, &device_, nullptr, nullptr, &failed);
        queue_ = call<Handle(Handle, Handle, uint64_t, int32_t*)>("clCreateCommandQueue")(
            context_, device_, properties, &failed);
        EXPECT_EQ(failed, 0);
    }
    ~OpenclProgram() {
        if (queue_) call<int32_t(Handle)>("clReleaseCommandQueue")(queue_);
        if (context_) call<int32_t(Handle)>("clReleaseContext")(context_);
    }
    OpenclProgram(const OpenclProgram&) = delete;
    OpenclProgram& operator=(const OpenclProgram&) = delete;

    lcn::Queue queue() const { return {"opencl", 0, queue_}; }
    Handle context() const { return context_; }

    Handle buffer(int64_t elements) {
        int32_t failed = 0;
        const Handle memory = call<Handle(Handle, uint64_t, size_t, void*, int32_t*)>("clCreateBuffer")(
            context_, read_write, size_t(elements) * 4, nullptr, &failed);
        EXPECT_EQ(failed, 0);
        return memory;
    }
    void write(Handle memory, const Floats& values) {
        EXPECT_EQ(write_or_read<const void*>("clEnqueueWriteBuffer", memory, values.data(), values.size()),
                  0);
    }
    Floats read(Handle memory, int64_t elements) {
        Floats values(elements);
        EXPECT_EQ(write_or_read<void*>("clEnqueueReadBuffer", memory, values.data(), values.size()), 0);
        return values;
    }
    void release(Handle memory) { call<int32_t(Handle)>("clReleaseMemObject")(memory); }
    Handle context_of(Handle memory) {
        constexpr uint32_t context_of_memory = 0x1106;  // CL_MEM_CONTEXT
        Handle context = nullptr;
        EXPECT_EQ((call<int32_t(Handle, uint32_t, size_t, void*, size_t*)>("clGetMemObjectInfo")(
                      memory, context_of_memory, sizeof context, &context, nullptr)),
                  0);
        return context;
    }

  private:
    template <typename Function>
    Function* call(const char* name) {
        return reinterpret_cast<Function*>(dlsym(library_, name));
    }
    template <typename Host>
    int32_t write_or_read(const char* name, Handle memory, Host host, size_t elements) {
        constexpr uint32_t blocking = 1;
        return call<int32_t(Handle, Handle, uint32_t, size_t, size_t, Host, uint32_t, const Handle*,
                            Handle*)>(name)(queue_, memory, blocking, 0, elements * 4, host, 0, nullptr,
                                            nullptr);
    }

    void* library_;
    Handle device_ = nullptr, context_ = nullptr, queue_ = nullptr;
};

}  // namespace lcn_test
