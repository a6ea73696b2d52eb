#pragma once

#include "geometry.h"

namespace lcn {

class Device;
struct Kernels;

// Devices of one kind, by the number that the driver gives them.
using OpenDevice = Status (*)(int index, Device*& device);

// The passes of a target that is a device, on the tensors of the host: they are copied to device 0 and back,
// and the call returns when it is done. A library without such targets links none of it.
struct DevicePasses {
    OpenDevice open;
    Status (*forward)(Device&, const Kernels&, const Geometry&, const float* input, const float* kernel,
                      const float* bias, float* output, float* before_activation);
    Status (*backward_input)(Device&, const Kernels&, const Geometry&, const float* output_gradient,
                             const float* kernel, float* input_gradient);
    Status (*backward_weights)(Device&, const Kernels&, const Geometry&, const float* input,
                               const float* output_gradient, float* kernel_gradient, float* bias_gradient,
                               bool accumulate);
    Status (*activation_gradient)(Device&, const Kernels&, const Activation&, int64_t count,
                                  const float* before_activation, const float* output_gradient,
                                  float* before_gradient);
};

extern const DevicePasses cuda_passes, opencl_passes;

}  // namespace lcn
