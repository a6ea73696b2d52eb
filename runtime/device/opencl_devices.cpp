#include "device/opencl_devices.h"

#include <algorithm>

#include "device/kernel_limits.h"

namespace lcn {

OpenclDriver opencl_driver;

Status opencl_checked(const char* call, OpenclDriver::Int result) {
    if (result == 0) return {};
    if (result == OpenclDriver::no_host_memory) return error(Code::no_memory, "%s: error %d", call, result);
    for (const OpenclDriver::Int memory : OpenclDriver::too_little_memory)
        if (result == memory) return error(Code::no_device_memory, "%s: error %d", call, result);
    return error(Code::device_failed, "%s: error %d", call, result);
}

namespace {

using Uint = OpenclDriver::Uint;
using Handle = OpenclDriver::Handle;

template <typename Value>
Status get(Handle device, Uint name, Value& value) {
    LCN_OPENCL(clGetDeviceInfo, device, name, sizeof value, &value, nullptr);
    return {};
}

template <size_t bytes>
Status get(Handle device, Uint name, char (&text)[bytes]) {
    const auto whole = [&](size_t size, void* to, size_t* written) {
        return opencl_driver.clGetDeviceInfo(device, name, size, to, written);
    };
    return opencl_checked("clGetDeviceInfo", opencl_text(whole, text, bytes));
}

bool is_gpu(Handle device) {
    OpenclDriver::Flags type = 0;
    return get(device, OpenclDriver::device_type, type).ok() && (type & OpenclDriver::gpu_type);
}

// How many devices there are, and the one at `index` if there is.
Status find(int index, int& total, Handle& device) {
    Handle platforms[16], devices[64];
    Uint platform_count = 0;
    total = 0, device = nullptr;
    const OpenclDriver::Int result = opencl_driver.clGetPlatformIDs(16, platforms, &platform_count);
    if (result == OpenclDriver::no_platform)
        return error(Code::unusable_target, "no driver of an OpenCL device is installed");
    LCN_RETURN_IF_ERROR(opencl_checked("clGetPlatformIDs", result));
    for (const bool gpus : {true, false})
        for (Uint p = 0; p < std::min(platform_count, 16u); p++) {
            Uint count = 0;
            if (opencl_driver.clGetDeviceIDs(platforms[p], OpenclDriver::any_type, 64, devices, &count) != 0)
                continue;
            for (Uint d = 0; d < std::min(count, 64u); d++) {
                if (is_gpu(devices[d]) != gpus) continue;
                if (total == index) device = devices[d];
                total++;
            }
        }
    return {};
}

}  // namespace

Status count_opencl_devices(int& count) {
    Handle none;
    return find(-1, count, none);
}

Status find_opencl_device(int index, Handle& device) {
    int count = 0;
    LCN_RETURN_IF_ERROR(find(index, count, device));
    if (device) return {};
    return error(Code::unusable_target, "there is no OpenCL device %d: the drivers have %d", index, count);
}

Status describe_opencl_device(Handle device, DeviceInfo& info) {
    uint64_t bytes = 0;
    LCN_RETURN_IF_ERROR(get(device, OpenclDriver::device_name, info.name));
    LCN_RETURN_IF_ERROR(get(device, OpenclDriver::device_memory_bytes, bytes));
    info.memory_bytes = int64_t(bytes);
    return {};
}

Status check_opencl_device(int index, Handle device) {
    char version[64] = "";
    int major = 0, minor = 0;
    Uint available = 0, compiles = 0;
    size_t threads = 0;
    uint64_t bytes = 0;
    LCN_RETURN_IF_ERROR(get(device, OpenclDriver::device_version, version));
    LCN_RETURN_IF_ERROR(get(device, OpenclDriver::device_available, available));
    LCN_RETURN_IF_ERROR(get(device, OpenclDriver::device_compiles, compiles));
    LCN_RETURN_IF_ERROR(get(device, OpenclDriver::device_group_threads, threads));
    LCN_RETURN_IF_ERROR(get(device, OpenclDriver::device_local_bytes, bytes));
    if (!available) return error(Code::unusable_target, "OpenCL device %d is not available", index);
    if (std::sscanf(version, "OpenCL %d.%d", &major, &minor) != 2 || 10 * major + minor < 12)
        return error(Code::unusable_target, "OpenCL device %d has %s, lcn needs OpenCL 1.2", index, version);
    if (!compiles) return error(Code::unusable_target, "OpenCL device %d has no compiler", index);
    if (threads < size_t(most_block_threads))
        return error(Code::unusable_target, "OpenCL device %d takes groups of %zu threads, lcn needs %d",
                     index, threads, most_block_threads);
    if (bytes < uint64_t(most_shared_bytes))
        return error(Code::unusable_target, "OpenCL device %d has %llu bytes of local memory, lcn needs %d",
                     index, (unsigned long long)bytes, most_shared_bytes);
    return {};
}

}  // namespace lcn
