#pragma once

#include <string>

#include "kernels_ran.h"
#include "lcn/layer.h"

namespace lcn::tool {

// Runs the layer of a case file and writes its results; prints what ran. A case holds the layer's get_config() in the
// metadata entry `config` and the tensors `input`, `kernel`, `bias` (unless use_bias is false) and, for gradients,
// `grad_output`. Results that were recorded in it are not read. An input of three dimensions is for
// LocallyConnected1D.
void apply(const std::string& case_path, const std::string& output_path, const RunOptions& options);

// The layer of a configuration, with 1 or 2 dimensions. Throws Refused.
LocallyConnected layer_of_config(size_t dimensions, const std::string& config);

// All results that a case asks for, of a layer that is not built:
//
//   output                              always
//   grad_input, grad_kernel, grad_bias  with `grad_output`: the gradients of sum(output * grad_output)
//   losses                              of the regularizers, in Keras's order, when there is one
//   kernel_constrained, bias_constrained  with a constraint: the weights after it
Tensors run_case(LocallyConnected& layer, const Tensors& given);

}  // namespace lcn::tool
