#pragma once

#include <string>
#include <vector>

#include "lcn/device.h"

namespace lcn_test {

struct CallStatus {
    std::string call;
    lcn::Status status;
};

// The functions of device.h that take a queue, on one that must be refused: their memory is none.
inline std::vector<CallStatus> every_call(const lcn::Queue& queue) {
    const lcn::Activation relu{lcn::Function::relu};
    lcn::Problem p;
    p.input_rows = p.input_columns = p.channels = p.filters = p.kernel_rows = p.kernel_columns = 1;
    float host = 0;
    lcn::DeviceMemory memory = 0;
    return {
        {"allocate", lcn::allocate(queue, 4, memory)},
        {"free", lcn::free(queue, 16)},
        {"copy_in", lcn::copy_in(queue, 16, &host, 4)},
        {"copy_out", lcn::copy_out(queue, &host, 16, 4)},
        {"synchronize", lcn::synchronize(queue)},
        {"forward", lcn::forward(queue, p, 16, 32, 48, 64, 80)},
        {"backward_input", lcn::backward_input(queue, p, 16, 32, 48)},
        {"backward_weights", lcn::backward_weights(queue, p, 16, 32, 48, 64, lcn::Update::overwrite)},
        {"activation_gradient", lcn::activation_gradient(queue, relu, 1, 16, 32, 48)},
        {"axpby", lcn::axpby(queue, 1, 1.0f, 16, 1.0f, 32)},
    };
}

}  // namespace lcn_test
