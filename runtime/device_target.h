#pragma once

#include "geometry.h"
#include "lcn/device.h"

namespace lcn {

class Device;
struct Kernels;

// Where kernels of a device run. A call of it ends before the device has done the work.
struct DeviceWork {
    const Kernels* kernels;
    Device* device;
    void* stream;              // the driver's own handle; null: the default one
    bool checks_only = false;  // kernels do not run, but grids that the device does not take are refused
};

// The passes of lcn.h on tensors that are known by `Read` and `Written`, which were checked but for their
// number of elements.
template <typename Where, typename Read, typename Written>
struct Passes {
    Status (*forward)(const Where&, const Geometry&, Read input, Read kernel, Read bias, Written output,
                      Written before_activation);
    Status (*backward_input)(const Where&, const Geometry&, Read output_gradient, Read kernel,
                             Written input_gradient);
    Status (*backward_weights)(const Where&, const Geometry&, Read input, Read output_gradient,
                               Written kernel_gradient, Written bias_gradient, bool accumulate);
    Status (*activation_gradient)(const Where&, const Activation&, int64_t count, Read before_activation,
                                  Read output_gradient, Written before_gradient);
};

using HostPasses = Passes<Kernels, const float*, float*>;
using DevicePasses = Passes<DeviceWork, DeviceMemory, DeviceMemory>;

// What a target that is a device brings. A library without such targets links none of it.
struct DeviceTarget {
    bool memory_is_addresses;  // DeviceMemory tells which tensors overlap
    Status (*count)(int& count);
    Status (*info)(int index, DeviceInfo& info);
    Status (*open)(int index, Device*& device);
    // Tensors of the host are copied to device 0 and back; the call returns when it is done.
    const HostPasses& on_host;
    const DevicePasses& on_device;
    Status (*axpby)(const DeviceWork&, int64_t count, float a, DeviceMemory x, float b, DeviceMemory y);
};

extern const DeviceTarget cuda_device, opencl_device;

}  // namespace lcn
