#include "layers.h"

#include "long_windows.h"
#include "planes.h"
#include "same_borders.h"
#include "sparse.h"
#include "tiny_windows.h"

namespace lcn_test {

namespace {

using lcn::Function;
using lcn::Operation;
using lcn::Status;
using lcn::Workspace;

using Forward = decltype(LayerCalls::forward);
Forward without_bias(Status (*call)(int64_t, const float*, const float*, float*, Workspace, float*)) {
    return [call](int64_t batch, const float* input, const float* kernel, const float*, float* output,
                  Workspace workspace,
                  float* before) { return call(batch, input, kernel, output, workspace, before); };
}
using BackwardWeights = decltype(LayerCalls::backward_weights);
BackwardWeights without_bias(Status (*call)(int64_t, const float*, const float*, float*, lcn::Update,
                                            Workspace)) {
    return [call](int64_t batch, const float* input, const float* gradient, float* kernel, float*,
                  lcn::Update update,
                  Workspace workspace) { return call(batch, input, gradient, kernel, update, workspace); };
}

#define LCN_CONSTANTS(name)                                                                                 \
    {                                                                                                       \
        name##_output_rows, name##_output_columns, name##_input_size, name##_kernel_size, name##_bias_size, \
            name##_output_size                                                                              \
    }
#define LCN_LIBRARY(name) \
    name##_target, name##_set_target, name##_kernel_count, name##_kernel_info, name##_forget_kernels_ran
#define LCN_WORKSPACES(name) \
    { name##_workspace_bytes, name##_backward_input_workspace_bytes, name##_backward_weights_workspace_bytes }

}  // namespace

const std::vector<OwnLayer>& own_layers() {
    static const std::vector<OwnLayer> layers = {
        {"tiny_windows",
         {1, 12, 12, 3, 64, 3, 3, 1, 1, false, false},
         {Function::relu, 0.125f, 6.0f, -0.5f},
         true,
         {8},
         {tiny_windows, tiny_windows_backward_input, tiny_windows_backward_weights,
          tiny_windows_activation_gradient, LCN_WORKSPACES(tiny_windows)},
         LCN_CONSTANTS(tiny_windows),
         LCN_LIBRARY(tiny_windows)},
        {"same_borders",
         {1, 7, 8, 5, 17, 3, 5, 1, 2, true, false},
         {Function::leaky_relu, 0.25f},
         false,
         {3},
         {without_bias(same_borders), same_borders_backward_input,
          without_bias(same_borders_backward_weights), same_borders_activation_gradient,
          LCN_WORKSPACES(same_borders)},
         LCN_CONSTANTS(same_borders),
         LCN_LIBRARY(same_borders)},
        {"planes",
         {1, 9, 6, 4, 20, 3, 2, 2, 1, false, true},
         {Function::gelu},
         true,
         {1, 8},
         {planes, planes_backward_input, planes_backward_weights, planes_activation_gradient,
          LCN_WORKSPACES(planes)},
         LCN_CONSTANTS(planes),
         LCN_LIBRARY(planes)},
        {"long_windows",
         {1, 4, 4, 300, 70, 3, 3, 1, 1, false, false},
         {},
         true,
         {1, 32},
         {long_windows, {}, {}, {}, {long_windows_workspace_bytes}},
         LCN_CONSTANTS(long_windows),
         LCN_LIBRARY(long_windows)},
        {"sparse",
         {1, 6, 5, 3, 16, 3, 4, 1, 1, true, false},
         {},
         true,
         {1},
         {sparse, {}, {}, {}, {sparse_workspace_bytes}},
         LCN_CONSTANTS(sparse),
         LCN_LIBRARY(sparse)},
    };
    return layers;
}

LayerCalls general_calls(const OwnLayer& layer) {
    const reference::Layer& l = layer.shape;
    lcn::Problem p;
    p.input_rows = l.rows, p.input_columns = l.columns, p.channels = l.channels, p.filters = l.filters;
    p.kernel_rows = l.kernel_rows, p.kernel_columns = l.kernel_columns;
    p.stride_rows = l.stride_rows, p.stride_columns = l.stride_columns;
    p.padding = l.same ? lcn::Padding::same : lcn::Padding::valid;
    p.data_format = l.channels_first ? lcn::DataFormat::channels_first : lcn::DataFormat::channels_last;
    p.activation = layer.activation;
    const auto of = [p](int64_t batch) {
        lcn::Problem problem = p;
        problem.batch = batch;
        return problem;
    };
    LayerCalls calls;
    calls.forward = [of](int64_t batch, const float* input, const float* kernel, const float* bias,
                         float* output, Workspace workspace, float* before) {
        return lcn::forward(of(batch), input, kernel, bias, output, before, workspace);
    };
    calls.backward_input = [of](int64_t batch, const float* gradient, const float* kernel, float* input,
                                Workspace workspace) {
        return lcn::backward_input(of(batch), gradient, kernel, input, workspace);
    };
    calls.backward_weights = [of](int64_t batch, const float* input, const float* gradient, float* kernel,
                                  float* bias, lcn::Update update, Workspace workspace) {
        return lcn::backward_weights(of(batch), input, gradient, kernel, bias, update, workspace);
    };
    calls.activation_gradient = [p, size = l.output_size()](int64_t batch, const float* before,
                                                            const float* gradient, float* result) {
        return lcn::activation_gradient(p.activation, batch * size, before, gradient, result);
    };
    for (const Operation operation :
         {Operation::forward, Operation::backward_input, Operation::backward_weights})
        calls.workspace_bytes[int(operation)] = [of, operation](int64_t batch, int64_t& bytes) {
            return lcn::workspace_bytes(of(batch), operation, bytes);
        };
    return calls;
}

}  // namespace lcn_test
