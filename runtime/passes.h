#pragma once

#include "geometry.h"
#include "kernel_table.h"

namespace lcn {

// The functions of lcn.h, on the kernels of a table. A shared library lets libraries of layers call them.
LCN_API Status workspace_bytes(const KernelTable& table, const Problem& problem, Operation operation,
                               int64_t& bytes);
LCN_API Status forward(const KernelTable& table, const Problem& problem, const float* input,
                       const float* kernel, const float* bias, float* output, float* before_activation,
                       Workspace workspace);
LCN_API Status backward_input(const KernelTable& table, const Problem& problem, const float* output_gradient,
                              const float* kernel, float* input_gradient, Workspace workspace);
LCN_API Status backward_weights(const KernelTable& table, const Problem& problem, const float* input,
                                const float* output_gradient, float* kernel_gradient, float* bias_gradient,
                                Update update, Workspace workspace);
LCN_API Status activation_gradient(const KernelTable& table, const Activation& activation, int64_t count,
                                   const float* before_activation, const float* output_gradient,
                                   float* before_gradient);

// The kernel that does most of the work of a pass, on a processor.
const Kernel* forward_kernel(const Geometry& g, const Kernels& kernels);
const Kernel* backward_input_kernel(const Geometry& g, const Kernels& kernels);
const Kernel* backward_weights_kernel(const Geometry& g, const Kernels& kernels);

// Bytes of workspace of each pass, for the present number of threads.
int64_t forward_workspace(const Geometry& g, const Kernels& kernels);
int64_t backward_input_workspace(const Geometry& g, const Kernels& kernels);
int64_t backward_weights_workspace(const Geometry& g, const Kernels& kernels);

}  // namespace lcn
