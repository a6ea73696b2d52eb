#include "backward_input.h"

#include "check_passes.h"
#include "passes.h"

namespace lcn {

namespace {

// From this batch on the images run along vectors; it decides the order of summation over filters.
constexpr int64_t large_batch = 8;

// With one filter there is no such order, and taps run along vectors whatever the batch is.
bool runs_along_images(const Problem& p) {
    return p.batch >= large_batch && p.filters > 1;
}

}  // namespace

int64_t backward_input_workspace(const Geometry& g, const Kernels& kernels) {
    return runs_along_images(g.problem) ? backward_input_band_workspace(g, kernels)
                                        : backward_input_dot_workspace(g, kernels);
}

const Kernel* backward_input_kernel(const Geometry& g, const Kernels& kernels) {
    return runs_along_images(g.problem) ? backward_input_band_kernel(g, kernels)
                                        : backward_input_dot_kernel(g, kernels);
}

Status backward_input(const KernelTable& table, const Problem& problem, const float* output_gradient,
                      const float* kernel, float* input_gradient, Workspace workspace) {
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, KernelOperation::backward_input_dot, kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    LCN_RETURN_IF_ERROR(
        check_backward_input(g, Names::addresses, output_gradient, kernel, input_gradient, workspace));
    if (const DeviceTarget* d = kernels.device())
        return d->on_host.backward_input(kernels, g, output_gradient, kernel, input_gradient);
    tune(kernels, g, Operation::backward_input);
    const BackwardInputArguments arguments{output_gradient, kernel, input_gradient};
    return runs_along_images(problem) ? backward_input_band(g, kernels, arguments, workspace)
                                      : backward_input_dot(g, kernels, arguments, workspace);
}

}  // namespace lcn
