#pragma once

#include "device/device.h"
#include "geometry.h"
#include "kernel_table.h"

namespace lcn {

// The passes of lcn.h on tensors in the memory of a device, by its driver's handles; 0: null. They are
// checked but for what only the driver knows, and run in the order of `stream`.
struct DeviceWork {
    Device& device;
    void* stream;
    const Kernels& kernels;
};

// The passes check this themselves, before any work.
Status check_for_device(const Geometry& g);

Status forward_on_device(const DeviceWork& work, const Geometry& g, uint64_t input, uint64_t kernel,
                         uint64_t bias, uint64_t output, uint64_t before_activation);
Status backward_input_on_device(const DeviceWork& work, const Geometry& g, uint64_t output_gradient,
                                uint64_t kernel, uint64_t input_gradient);
Status backward_weights_on_device(const DeviceWork& work, const Geometry& g, uint64_t input,
                                  uint64_t output_gradient, uint64_t kernel_gradient, uint64_t bias_gradient,
                                  bool accumulate);
Status activation_gradient_on_device(const DeviceWork& work, const Activation& activation, int64_t count,
                                     uint64_t before_activation, uint64_t output_gradient,
                                     uint64_t before_gradient);

}  // namespace lcn
