#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include "lcn/device.h"
#include "status.h"

namespace lcn {

// What body() returns, or that it found no memory.
template <typename Body>
Status with_memory(Body&& body) try {
    return body();
} catch (const std::bad_alloc&) {
    return error(Code::no_memory, "no memory of the host to work with a device");
}

// One GPU, reached through its driver's library, which is opened when it is first asked for: a program starts
// on machines without one. An object lives as long as the process and may be used by several threads at once.
// Nothing waits for the device but synchronize() and the copies. `stream` is the driver's own handle, null:
// the default one; `memory` too: a device address (cuda), a cl_mem (opencl).
class Device {
  public:
    struct Size {
        int x, y, z;
    };

    // The context in which work on `stream` runs. A stream of another device is an error.
    virtual Status context(void* stream, void*& context) = 0;

    // Memory and code belong to the context of `stream`.
    virtual Status allocate(void* stream, int64_t bytes, DeviceMemory& memory) = 0;
    virtual Status free(void* context, DeviceMemory memory) = 0;
    // They return when `host` may be reused or read.
    virtual Status copy_in(void* stream, DeviceMemory memory, const void* host, int64_t bytes) = 0;
    virtual Status copy_out(void* stream, void* host, DeviceMemory memory, int64_t bytes) = 0;
    virtual Status synchronize(void* stream) = 0;

    // The code of one kernel, compiled when it is first asked for. `source` identifies it.
    virtual Status load(void* stream, const char* source, int bytes, void*& module) = 0;
    // The memory of one element whose value is 1, which is there like code.
    virtual Status one(void* stream, DeviceMemory& memory) = 0;
    // Whether the driver takes a grid of so many blocks.
    virtual Status check_grid(const char* function, Size blocks) const = 0;
    // Arguments as Halide hands them over: a buffer's is its halide_buffer_t, another's its value.
    virtual Status launch(void* stream, void* module, const char* function, Size blocks, Size threads,
                          int shared_bytes, int count, const size_t* bytes, void* const* arguments,
                          const int8_t* is_buffer) = 0;

  protected:
    ~Device() = default;
};

// What a kernel of a device gets as its first argument. A failure is left in `status`.
struct DeviceCall {
    Device* device;
    void* stream;
    bool checks_only;
    void* module = nullptr;
    Status status = {};
};

// A driver works in the process that asked for it first and not in its forked children: what the parent was
// at when it forked, opening it or holding a lock, stays so there for ever.
class DriverProcess {
  public:
    Status check();

  private:
    std::atomic<int> first_{0};
};

}  // namespace lcn
