// One layer on one batch of images, on tensors named and laid out as Keras does for implementation 1.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "layer_config.h"
#include "lcn/safetensors.h"

namespace lcn::tool {

// The problem that a layer poses for an input of this shape: (N, H, W, C), or (N, C, H, W) with
// channels_first. Throws std::runtime_error when the layer does not take such an input.
Problem problem_for(const LayerConfig& layer, const Shape& input);

struct LayerShapes {
    Shape input, kernel, bias, output;
};

//   input as above, kernel (OH*OW, KH*KW*C, F), bias (OH, OW, F), output (N, OH, OW, F) or (N, F, OH, OW)
LayerShapes layer_shapes(const Problem& problem);

// Given `input`, `kernel` and perhaps `bias`, computes `output`; given also `grad_output`, the gradients
// `grad_input`, `grad_kernel` and (with a bias) `grad_bias` of sum(output * grad_output).
Tensors run_layer(const Problem& problem, const Tensors& given);

// The symbols of the kernels that ran since forget_kernels_ran(). Throws std::runtime_error when one of them
// is not of `target`: results must not come from a slower target that nobody asked for.
std::vector<std::string> kernels_ran(const std::string& target);

}  // namespace lcn::tool
