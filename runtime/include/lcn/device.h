// lcn on memory of a GPU: the passes of lcn.h on a queue of a device, without copies and without waiting.
//
//   lcn::Queue queue;  // target cuda, device 0, its default stream
//   lcn::DeviceBuffer input(queue), kernel(queue), output(queue);
//   lcn::Status status = input.allocate(bytes);                          // and so on for the others
//   if (status.ok()) status = lcn::copy_in(queue, input.memory(), host, bytes);
//   if (status.ok()) status = lcn::forward(queue, problem, input.memory(), kernel.memory(), 0,
//                                          output.memory(), 0);
//   if (status.ok()) status = lcn::copy_out(queue, host, output.memory(), bytes);  // waits
//
// Problems, formulas, shapes and bits are those of lcn.h; tensors must have fewer than 2^31 elements.
//
// Order: work on a queue runs in the order of the calls. A call returns when the work is handed to the
// driver; only copies and synchronize() wait. The first call that needs a kernel in a context loads its code
// (cuda: the driver compiles PTX and keeps it in its cache; opencl: the driver compiles the source), which
// takes up to seconds and may wait for the device. Calls on a stream that is being captured into a CUDA graph
// are recorded like any others, once the same calls have run before.
//
// Context (cuda): that of the stream; without a stream, the one that is current in the calling thread if it
// belongs to the device; else the device's primary context, which the CUDA runtime and frameworks use too. It
// is current during the call alone. opencl: that of the command queue; without one, lcn's own.
//
// Ownership: the caller owns memory, streams and contexts, and keeps them until the work is done. A context
// in which lcn has run keeps its code. It may be destroyed when no call, buffer or layer uses it any more,
// but with CUDA drivers before 12.0 never: another at its address would be taken for it. A device's primary
// context must not be reset (cudaDeviceReset). Errors: nothing throws, prints or aborts. What can be known
// from the arguments is refused before any work: unknown_target, unusable_target (no driver, no such device,
// too old a device), invalid_argument (a stream of another device), and all of lcn.h. A failure of the device
// itself shows in a later call as device_failed, as with CUDA's own functions. Threads: all functions may be
// called from several threads at once. Fork: a child that is forked once a device was asked for, even in
// vain, cannot use devices; calls there return unusable_target.
//
// Devices are part of the library when it was built with LCN_DEVICES; otherwise calls return unknown_target.
#ifndef LCN_DEVICE_H
#define LCN_DEVICE_H

#include "lcn/lcn.h"

namespace lcn {

// Where work goes.
struct Queue {
    const char* target = "cuda";  // or "opencl"
    int device = 0;               // in the order of the driver; opencl: all drivers' GPUs, then the others
    void* stream = nullptr;       // a CUstream (cudaStream_t), a cl_command_queue; null: the default one
};

// The driver's own name of memory: a CUdeviceptr, which is the address that cudaMalloc gives and may point
// into an allocation; a cl_mem. Addresses are multiples of 4 bytes; kernels are quicker from multiples of 16.
// 0: null.
using DeviceMemory = uint64_t;

// False for names that are no target of the library, too.
LCN_API bool target_is_device(const char* target);

// Devices of the target, 0 without any. Fails when there is no driver.
LCN_API Status device_count(const char* target, int& count);

struct DeviceInfo {
    char name[128] = "";
    int64_t memory_bytes = 0;
    int compute_capability = 0;  // cuda: 10 * major + minor
};
// Also of devices that are too old to be used.
LCN_API Status device_info(const char* target, int device, DeviceInfo& info);

// Sets context to the driver's context in which work on the queue runs: a CUcontext, a cl_context. Memory
// belongs to one.
LCN_API Status device_context(const Queue& queue, void*& context);

LCN_API Status allocate(const Queue& queue, int64_t bytes, DeviceMemory& memory);
// 0 is allowed. May wait for the work that uses the memory, as the drivers do.
LCN_API Status free(const Queue& queue, DeviceMemory memory);
// The same in the context that device_context() told: the queue's stream need not exist any more.
LCN_API Status free(const Queue& queue, void* context, DeviceMemory memory);
// They return when `host` may be reused, or read.
LCN_API Status copy_in(const Queue& queue, DeviceMemory to, const void* host, int64_t bytes);
LCN_API Status copy_out(const Queue& queue, void* host, DeviceMemory from, int64_t bytes);
LCN_API Status synchronize(const Queue& queue);

// Memory that is freed at the end of a scope. The context in which it was allocated, and the text of
// queue.target, must exist until then; the stream need not.
class DeviceBuffer {
  public:
    explicit DeviceBuffer(const Queue& queue) : queue_(queue) {}
    DeviceBuffer(DeviceBuffer&& other) noexcept { take(other); }
    DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
        DeviceBuffer taken(static_cast<DeviceBuffer&&>(other));  // which may be this one
        free();
        take(taken);
        return *this;
    }
    ~DeviceBuffer() { free(); }

    // In place of what it held. Nothing is held after a failure.
    Status allocate(int64_t bytes) {
        if (const Status freed = free(); !freed.ok()) return freed;
        if (const Status found = device_context(queue_, context_); !found.ok()) return found;
        return lcn::allocate(queue_, bytes, memory_);
    }
    // As at the end, with the status that is lost there.
    Status free() {
        const DeviceMemory memory = memory_;
        memory_ = 0;
        return lcn::free(queue_, context_, memory);
    }
    DeviceMemory memory() const { return memory_; }

  private:
    void take(DeviceBuffer& other) {
        queue_ = other.queue_, context_ = other.context_, memory_ = other.memory_;
        other.memory_ = 0;
    }

    Queue queue_;
    void* context_ = nullptr;
    DeviceMemory memory_ = 0;
};

// The passes of lcn.h.
LCN_API Status forward(const Queue& queue, const Problem& problem, DeviceMemory input, DeviceMemory kernel,
                       DeviceMemory bias, DeviceMemory output, DeviceMemory before_activation);
LCN_API Status backward_input(const Queue& queue, const Problem& problem, DeviceMemory output_gradient,
                              DeviceMemory kernel, DeviceMemory input_gradient);
LCN_API Status backward_weights(const Queue& queue, const Problem& problem, DeviceMemory input,
                                DeviceMemory output_gradient, DeviceMemory kernel_gradient,
                                DeviceMemory bias_gradient, Update update);
LCN_API Status activation_gradient(const Queue& queue, const Activation& activation, int64_t count,
                                   DeviceMemory before_activation, DeviceMemory output_gradient,
                                   DeviceMemory before_gradient);

// y[i] = a x[i] + b y[i] for i in [0, count): what optimizers are made of. Both products and the sum are
// rounded, as in a plain loop without fused multiply-adds. x may be y; overlapping by a part is an error.
LCN_API Status axpby(const Queue& queue, int64_t count, float a, DeviceMemory x, float b, DeviceMemory y);

}  // namespace lcn

#endif
