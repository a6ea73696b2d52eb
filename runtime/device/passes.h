#pragma once

#include "device/device.h"
#include "device_target.h"

namespace lcn {

// What the passes on a device check themselves, before any work: index arithmetic of their kernels is 32-bit,
// over whole tensors.
Status check_elements(const char* name, int64_t elements);
Status check_for_device(const Geometry& g);

Status axpby_on_device(const DeviceWork& work, int64_t count, float a, DeviceMemory x, float b,
                       DeviceMemory y);

extern const DevicePasses passes_on_device;
extern const HostPasses passes_on_host;

}  // namespace lcn
