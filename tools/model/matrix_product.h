#pragma once

#include "lcn/layer.h"
#include "lcn/lcn.h"

namespace lcn::tool {

// activation(input x kernel + bias) on lcn's kernels: a row of the input is an image of one pixel, whose
// channels are the values. All dimensions of the input but the last are rows; kernel is (inputs, units); bias
// may be null. The result has the input's shape with `units` for its last size.
Tensor matrix_product(const Tensor& input, int64_t units, const float* kernel, const float* bias,
                      const Activation& activation);

// activation(x) of every value, on lcn's kernels.
Tensor activated(Tensor input, const Activation& activation);

}  // namespace lcn::tool
