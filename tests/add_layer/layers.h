// The layers of CMakeLists.txt, and how to call one: by its own functions, or by those of lcn.h.
#pragma once

#include <functional>
#include <vector>

#include "../reference.h"
#include "../support/random.h"
#include "lcn/kernels.h"

namespace lcn_test {

// The calls of a layer; `bias` and `bias_gradient` are left out where it has none. Those of operations that
// it was not built for are empty.
struct LayerCalls {
    std::function<lcn::Status(int64_t batch, const float* input, const float* kernel, const float* bias,
                              float* output, lcn::Workspace workspace, float* before_activation)>
        forward;
    std::function<lcn::Status(int64_t batch, const float* output_gradient, const float* kernel,
                              float* input_gradient, lcn::Workspace workspace)>
        backward_input;
    std::function<lcn::Status(int64_t batch, const float* input, const float* output_gradient,
                              float* kernel_gradient, float* bias_gradient, lcn::Update update,
                              lcn::Workspace workspace)>
        backward_weights;
    std::function<lcn::Status(int64_t batch, const float* before, const float* output_gradient,
                              float* before_gradient)>
        activation_gradient;
    std::function<lcn::Status(int64_t batch, int64_t& bytes)> workspace_bytes[3];  // by lcn::Operation
};

struct OwnLayer {
    const char* name;
    reference::Layer shape;  // of one image
    lcn::Activation activation;
    bool bias;
    std::vector<int64_t> batches;  // that it was planned for
    LayerCalls calls;
    std::vector<int64_t> constants;  // output rows, output columns, input, kernel, bias and output size

    lcn::Status (*target)(const char*& name);
    lcn::Status (*set_target)(const char* name);
    int (*kernel_count)();
    lcn::KernelInfo (*kernel_info)(int index);
    void (*forget_kernels_ran)();
};

const std::vector<OwnLayer>& own_layers();

LayerCalls general_calls(const OwnLayer& layer);

}  // namespace lcn_test
