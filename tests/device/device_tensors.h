// Calls of lcn/device.h on tensors in the memory of a device.
#pragma once

#include "lcn/device.h"
#include "support/operations.h"

namespace lcn_test {

// Every tensor of a case, allocated and, with operands, filled through `queue`. Cases without gaps.
struct DeviceTensors {
    DeviceTensors(const lcn::Queue& queue, const Case& c);
    DeviceTensors(const lcn::Queue& queue, const Case& c, const Operands& operands);

    lcn::Status run(lcn::Operation operation) const;
    lcn::Status activation_gradient() const;  // from `before` and `output_gradient` to `output`

    // What run() wrote, as operations.h has it.
    Results results(lcn::Operation operation) const;

    lcn::Queue queue;
    Case c;
    lcn::DeviceBuffer input, kernel, bias, output, before, output_gradient, input_gradient, kernel_gradient,
        bias_gradient;
};

// The kernels that ran since lcn was last told to forget them, which it then is.
std::vector<std::string> symbols_ran();

}  // namespace lcn_test
