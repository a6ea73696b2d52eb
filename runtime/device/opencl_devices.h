#pragma once

#include <cstdio>
#include <memory>
#include <new>

#include "device/opencl_driver.h"
#include "lcn/device.h"
#include "status.h"

namespace lcn {

extern OpenclDriver opencl_driver;  // its functions, once the driver is open

Status opencl_checked(const char* call, OpenclDriver::Int result);

#define LCN_OPENCL(call, ...) \
    LCN_RETURN_IF_ERROR(::lcn::opencl_checked(#call, ::lcn::opencl_driver.call(__VA_ARGS__)))

// The beginning of a text, which the driver gives whole or not at all: by get(bytes, text, &length).
template <typename Get>
OpenclDriver::Int opencl_text(Get&& get, char* text, size_t bytes) {
    size_t length = 0;
    if (const OpenclDriver::Int result = get(0, nullptr, &length)) return result;
    const std::unique_ptr<char[]> whole(new (std::nothrow) char[length]);
    if (!whole) return OpenclDriver::no_host_memory;
    if (const OpenclDriver::Int result = get(length, whole.get(), nullptr)) return result;
    std::snprintf(text, bytes, "%.*s", int(length), whole.get());
    return 0;
}

// Devices are numbered over all platforms: first those that are GPUs, then all others, each in the order of
// the driver.
Status count_opencl_devices(int& count);
Status find_opencl_device(int index, OpenclDriver::Handle& device);
Status describe_opencl_device(OpenclDriver::Handle device, DeviceInfo& info);

// Whether the kernels can run on it, and why not.
Status check_opencl_device(int index, OpenclDriver::Handle device);

}  // namespace lcn
