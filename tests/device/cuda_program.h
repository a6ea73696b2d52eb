#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "lcn/device.h"

namespace lcn_test {

// What a program calls of NVIDIA's driver that uses CUDA itself: name and arguments. Types and values are
// those of cuda.h, names those that its macros expand to.
// clang-format off
#define LCN_CUDA_PROGRAM_FUNCTIONS(_) \
    _(cuInit, unsigned flags) \
    _(cuDeviceGet, int* device, int ordinal) \
    _(cuCtxCreate_v2, void** context, unsigned flags, int device) \
    _(cuCtxPushCurrent_v2, void* context) \
    _(cuCtxPopCurrent_v2, void** context) \
    _(cuStreamCreate, void** stream, unsigned flags) \
    _(cuStreamBeginCapture_v2, void* stream, int mode) \
    _(cuStreamEndCapture, void* stream, void** graph) \
    _(cuGraphInstantiateWithFlags, void** executable, void* graph, unsigned long long flags) \
    _(cuGraphLaunch, void* executable, void* stream)
// clang-format on

struct CudaProgramCalls {
#define LCN_DECLARE(name, ...) int (*name)(__VA_ARGS__) = nullptr;
    LCN_CUDA_PROGRAM_FUNCTIONS(LCN_DECLARE)
#undef LCN_DECLARE
};

// A context of device 0, in which lcn has not been, with a stream. They stay: lcn's code is loaded there.
class CudaProgram {
  public:
    static constexpr unsigned non_blocking = 1;  // CU_STREAM_NON_BLOCKING
    static constexpr int of_all_threads = 0;     // CU_STREAM_CAPTURE_MODE_GLOBAL, the strictest

    CudaProgram() {
        void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
#define LCN_FIND(name, ...)                                                       \
    driver_.name = reinterpret_cast<int (*)(__VA_ARGS__)>(dlsym(library, #name)); \
    EXPECT_TRUE(driver_.name) << #name;
        LCN_CUDA_PROGRAM_FUNCTIONS(LCN_FIND)
#undef LCN_FIND
        int device = 0;
        EXPECT_EQ(driver_.cuInit(0), 0);
        EXPECT_EQ(driver_.cuDeviceGet(&device, 0), 0);
        EXPECT_EQ(driver_.cuCtxCreate_v2(&context_, 0, device), 0);
        EXPECT_EQ(driver_.cuStreamCreate(&stream_, non_blocking), 0);
        leave();
    }

    lcn::Queue queue() const {
        return {"cuda", 0, stream_};
    }

    // Makes the context the calling thread's, and the one before it again.
    void enter() const {
        EXPECT_EQ(driver_.cuCtxPushCurrent_v2(context_), 0);
    }
    void leave() const {
        void* popped = nullptr;
        EXPECT_EQ(driver_.cuCtxPopCurrent_v2(&popped), 0);
        EXPECT_EQ(popped, context_);
    }

    // What `calls` enqueues on the stream, as a graph; nothing of it is done.
    template <typename Calls>
    void* captured(Calls&& calls) const {
        void *graph = nullptr, *executable = nullptr;
        EXPECT_EQ(driver_.cuStreamBeginCapture_v2(stream_, of_all_threads), 0);
        calls();
        EXPECT_EQ(driver_.cuStreamEndCapture(stream_, &graph), 0);
        EXPECT_EQ(driver_.cuGraphInstantiateWithFlags(&executable, graph, 0), 0);
        return executable;
    }
    void launch(void* executable) const {
        EXPECT_EQ(driver_.cuGraphLaunch(executable, stream_), 0);
    }

  private:
    CudaProgramCalls driver_;
    void *context_ = nullptr, *stream_ = nullptr;
};

}  // namespace lcn_test
