// A stand-in for NVIDIA's driver library, libcuda.so.1, as the tests see it.
//
// It runs no kernel. It has devices, contexts, streams, modules and memory, by handles that are checked, and
// keeps account of every call and of every misuse, also of those that a real driver may let pass or answer by
// destroying the context. Handles, addresses and numbers of devices are never valid in the program itself,
// nor in each other's place, and never come back, but for contexts: a new one has the handle of the last that
// was destroyed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

using Handle = const void*;  // a context, stream, module or function

struct Size {
    unsigned x = 0, y = 0, z = 0;
    bool operator==(const Size&) const = default;
};

// One call of a function of the driver. What it has nothing to do with is 0.
struct Call {
    std::string_view function;  // by its symbol
    int result = 0;             // 0: success
    Handle context = nullptr;   // current in the calling thread when the call was made
    Handle stream = nullptr;
    uint64_t address = 0, bytes = 0;  // memory that is allocated, freed or copied
    std::string kernel;               // its name in the module
    Size blocks, threads;
    unsigned shared_bytes = 0;
    std::vector<uint64_t> addresses, values;  // arguments of a kernel: pointers, and all others

    bool operator==(const Call&) const = default;
};

struct DeviceProperties {
    std::string name;
    int compute_capability;  // 10 * major + minor
    uint64_t memory_bytes;
};

struct Block {
    uint64_t address, bytes;
    Handle context;
};

// The exported functions, without which lcn must not do.
constexpr const char* functions[] = {"cuInit",
                                     "cuDeviceGetCount",
                                     "cuDeviceGet",
                                     "cuDeviceGetAttribute",
                                     "cuDevicePrimaryCtxRetain",
                                     "cuCtxGetCurrent",
                                     "cuCtxPushCurrent_v2",
                                     "cuCtxPopCurrent_v2",
                                     "cuGetErrorString",
                                     "cuMemAlloc_v2",
                                     "cuMemFree_v2",
                                     "cuMemcpyHtoDAsync_v2",
                                     "cuMemcpyDtoHAsync_v2",
                                     "cuStreamSynchronize",
                                     "cuModuleLoadData",
                                     "cuModuleGetFunction",
                                     "cuModuleGetGlobal_v2",
                                     "cuLaunchKernel",
                                     "cuDeviceGetName",
                                     "cuDeviceTotalMem_v2",
                                     "cuCtxGetDevice",
                                     "cuStreamGetCtx"};

// Safe to use from several threads at once.
class Driver {
  public:
    // At first: one of capability 9.0, one of 7.5 and one of 7.0. Not to be changed after the first use, but
    // for the memory of a device.
    virtual void set_devices(const std::vector<DeviceProperties>& devices) = 0;
    virtual void set_memory(int device, uint64_t bytes) = 0;

    // Makes the call number `which`, from 1 on, of a function return `result`; "": of any but
    // cuGetErrorString. A failing call does nothing, unless it gives something back: real drivers report
    // earlier failures there, and do the work. 0: none.
    virtual void fail(const std::string& function, int which, int result) = 0;
    virtual bool failed() const = 0;  // it has come to that

    // Called with true when a call of the driver begins, and with false when it ends.
    virtual void watch(void (*watcher)(bool inside)) = 0;

    // Since the last time.
    virtual std::vector<Call> take_calls() = 0;
    virtual std::vector<std::string> take_misuses() = 0;

    // Memory that was allocated and is not freed. New memory is filled with bytes of 0xFF.
    virtual std::vector<Block> blocks() const = 0;
    virtual std::vector<char> read(uint64_t address, uint64_t bytes) const = 0;
    virtual void free_all(Handle context) = 0;

    // What the program that calls lcn does. The primary context is null before its first use.
    virtual Handle primary_context(int device) const = 0;
    virtual Handle create_context(int device) = 0;
    virtual void destroy_context(Handle context) = 0;  // with all that is in it
    virtual Handle create_stream(Handle context) = 0;
    virtual void destroy_stream(Handle stream) = 0;
    // Contexts of the calling thread, the current one last.
    virtual std::vector<Handle> stack() const = 0;
    virtual void set_stack(const std::vector<Handle>& contexts) = 0;

  protected:
    ~Driver() = default;
};

}  // namespace standin

// The name by which the stand-in is told from a driver.
extern "C" __attribute__((visibility("default"))) standin::Driver* standin_driver();
