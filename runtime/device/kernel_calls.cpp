// What the objects of device kernels call: the build gives Halide's names for these (halide_cuda_run,
// halide_opencl_run, ...) to them, so that no runtime of Halide is needed, and none is met.
#include <HalideRuntime.h>

#include "device/device.h"

#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

extern "C" {

// `module` points to a variable of the kernel's object, which all devices, contexts and threads share: it
// stays as it is, and the module belongs to the call.
int lcn_device_load(void* call, void** /*module*/, const char* source, int bytes) {
    auto& c = *static_cast<lcn::DeviceCall*>(call);
    if (c.checks_only) return 0;
    c.status = lcn::with_memory([&] { return c.device->load(c.stream, source, bytes, c.module); });
    return c.status.ok() ? 0 : -1;
}

// A module stays loaded.
void lcn_device_unload(void*, void*) {}

// Kernels have no assertions: they come here after a failure, too.
int lcn_device_run(void* call, void* /*module*/, const char* function, int blocks_x, int blocks_y,
                   int blocks_z, int threads_x, int threads_y, int threads_z, int shared_bytes,
                   size_t bytes[], void* arguments[], int8_t is_buffer[]) {
    auto& c = *static_cast<lcn::DeviceCall*>(call);
    if (!c.status.ok()) return -1;
    const lcn::Device::Size blocks{blocks_x, blocks_y, blocks_z}, threads{threads_x, threads_y, threads_z};
    c.status = c.device->check_grid(function, blocks);
    if (c.checks_only || !c.status.ok()) return c.status.ok() ? 0 : -1;
    int count = 0;
    while (bytes[count] != 0) count++;
    c.status = lcn::with_memory([&] {
        return c.device->launch(c.stream, c.module, function, blocks, threads, shared_bytes, count, bytes,
                                arguments, is_buffer);
    });
    return c.status.ok() ? 0 : -1;
}

// Buffers are in the device's memory before a kernel is called.
int lcn_device_copy(void*, halide_buffer_t*, const halide_device_interface_t*) {
    return 0;
}
const halide_device_interface_t* lcn_device_interface() {
    return nullptr;
}

}  // extern "C"

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
