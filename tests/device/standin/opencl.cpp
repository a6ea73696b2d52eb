// The functions of OpenCL that lcn calls, as CL/cl.h declares them.
#include "opencl.h"

#include <cstdint>
#include <cstring>
#include <mutex>

using namespace standin;

#define STANDIN_EXPORT extern "C" __attribute__((visibility("default"), used))

namespace {

using Int = int32_t;
using Uint = uint32_t;
using Handle = void*;

constexpr Int invalid_value = -30;
char platforms[2];  // whose addresses are handles
const OpenclProperties usual;

class State final : public Opencl {
  public:
    void fail(const char* function, int result) override {
        const std::lock_guard lock(mutex_);
        failing_ = function, failure_ = result;
    }
    void set_devices(const OpenclProperties* devices, int count) override {
        const std::lock_guard lock(mutex_);
        devices_ = devices, count_ = count;
    }
    void set_build_log(const char* text) override {
        const std::lock_guard lock(mutex_);
        build_log_ = text;
    }
    OpenclObjects alive() const override {
        const std::lock_guard lock(mutex_);
        return alive_;
    }

    Int result_of(const char* function) const {
        const std::lock_guard lock(mutex_);
        return failing_ && std::strcmp(failing_, function) == 0 ? failure_ : 0;
    }
    Handle create(const char* function, int OpenclObjects::*kind, Int* result) {
        *result = result_of(function);
        if (*result != 0) return nullptr;
        const std::lock_guard lock(mutex_);
        alive_.*kind += 1;
        return reinterpret_cast<Handle>(next_ += 16);
    }
    Int release(int OpenclObjects::*kind) {
        const std::lock_guard lock(mutex_);
        alive_.*kind -= 1;
        return 0;
    }
    // Handles of devices are their addresses.
    void devices_of(Handle platform, Handle* devices, Uint* count) const {
        const std::lock_guard lock(mutex_);
        *count = 0;
        for (int k = 0; k < count_; k++)
            if (&platforms[devices_[k].platform] == platform)
                devices[(*count)++] = const_cast<OpenclProperties*>(&devices_[k]);
    }
    const char* build_log() const { return build_log_; }

  private:
    mutable std::mutex mutex_;
    const OpenclProperties* devices_ = &usual;
    int count_ = 1;
    const char *failing_ = nullptr, *build_log_ = "";
    int failure_ = 0;
    uintptr_t next_ = uintptr_t(0xbad) << 48;  // no address of a processor
    OpenclObjects alive_;
} state;

// What is asked for is given whole or not at all.
Int give(const void* value, size_t length, size_t bytes, void* to, size_t* written) {
    if (written) *written = length;
    if (!to) return 0;
    if (bytes < length) return invalid_value;
    std::memcpy(to, value, length);
    return 0;
}
template <typename Value>
Int give(const Value& value, size_t bytes, void* to, size_t* written) {
    return give(&value, sizeof value, bytes, to, written);
}
Int give(const char* text, size_t bytes, void* to, size_t* written) {
    return give(text, std::strlen(text) + 1, bytes, to, written);
}

}  // namespace

standin::Opencl* standin_opencl() {
    return &state;
}

STANDIN_EXPORT Int clGetPlatformIDs(Uint, Handle* all, Uint* count) {
    all[0] = &platforms[0], all[1] = &platforms[1], *count = 2;
    return state.result_of("clGetPlatformIDs");
}
STANDIN_EXPORT Int clGetDeviceIDs(Handle platform, uint64_t, Uint, Handle* devices, Uint* count) {
    constexpr Int no_device = -1;
    state.devices_of(platform, devices, count);
    const Int failed = state.result_of("clGetDeviceIDs");
    return failed || *count > 0 ? failed : no_device;
}
STANDIN_EXPORT Int clGetDeviceInfo(Handle device, Uint name, size_t bytes, void* value, size_t* written) {
    if (const Int failed = state.result_of("clGetDeviceInfo")) return failed;
    const OpenclProperties& d = *static_cast<const OpenclProperties*>(device);
    switch (name) {
        case 0x1000:
            return give(d.type, bytes, value, written);
        case 0x1004:
            return give(d.group_threads, bytes, value, written);
        case 0x101F:
            return give(uint64_t(1) << 30, bytes, value, written);
        case 0x1023:
            return give(d.local_bytes, bytes, value, written);
        case 0x1027:
            return give(Uint(d.available), bytes, value, written);
        case 0x1028:
            return give(Uint(d.compiles), bytes, value, written);
        case 0x102B:
            return give(d.name, bytes, value, written);
        case 0x102F:
            return give(d.version, bytes, value, written);
    }
    return invalid_value;
}

STANDIN_EXPORT Handle clCreateContext(const intptr_t*, Uint, const Handle*, void*, void*, Int* result) {
    return state.create("clCreateContext", &OpenclObjects::contexts, result);
}
STANDIN_EXPORT Int clReleaseContext(Handle) {
    return state.release(&OpenclObjects::contexts);
}
STANDIN_EXPORT Handle clCreateCommandQueue(Handle, Handle, uint64_t, Int* result) {
    return state.create("clCreateCommandQueue", &OpenclObjects::queues, result);
}
STANDIN_EXPORT Int clGetCommandQueueInfo(Handle, Uint, size_t, void*, size_t*) {
    return invalid_value;  // no queue is the caller's
}
STANDIN_EXPORT Int clFinish(Handle) {
    return state.result_of("clFinish");
}

STANDIN_EXPORT Handle clCreateBuffer(Handle, uint64_t, size_t, void*, Int* result) {
    return state.create("clCreateBuffer", &OpenclObjects::buffers, result);
}
STANDIN_EXPORT Int clReleaseMemObject(Handle) {
    return state.release(&OpenclObjects::buffers);
}
STANDIN_EXPORT Int clEnqueueWriteBuffer(Handle, Handle, Uint, size_t, size_t, const void*, Uint,
                                        const Handle*, Handle*) {
    return state.result_of("clEnqueueWriteBuffer");
}
STANDIN_EXPORT Int clEnqueueReadBuffer(Handle, Handle, Uint, size_t, size_t, void*, Uint, const Handle*,
                                       Handle*) {
    return state.result_of("clEnqueueReadBuffer");
}

STANDIN_EXPORT Handle clCreateProgramWithSource(Handle, Uint, const char**, const size_t*, Int* result) {
    return state.create("clCreateProgramWithSource", &OpenclObjects::programs, result);
}
STANDIN_EXPORT Int clReleaseProgram(Handle) {
    return state.release(&OpenclObjects::programs);
}
STANDIN_EXPORT Int clBuildProgram(Handle, Uint, const Handle*, const char*, void*, void*) {
    return state.result_of("clBuildProgram");
}
STANDIN_EXPORT Int clGetProgramBuildInfo(Handle, Handle, Uint, size_t bytes, void* value, size_t* written) {
    return give(state.build_log(), bytes, value, written);
}
STANDIN_EXPORT Handle clCreateKernel(Handle, const char*, Int* result) {
    return state.create("clCreateKernel", &OpenclObjects::kernels, result);
}
STANDIN_EXPORT Int clSetKernelArg(Handle, Uint, size_t, const void*) {
    return state.result_of("clSetKernelArg");
}
STANDIN_EXPORT Int clEnqueueNDRangeKernel(Handle, Handle, Uint, const size_t*, const size_t*, const size_t*,
                                          Uint, const Handle*, Handle*) {
    return state.result_of("clEnqueueNDRangeKernel");
}
