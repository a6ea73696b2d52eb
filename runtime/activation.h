#pragma once

#include "kernel.h"
#include "lcn/lcn.h"

namespace lcn {

// output[row][element] = activation(before[row][element]); rows are `stride` elements apart. In place is
// fine.
void apply_activation(const Kernel& kernel, const Activation& activation, const float* before, float* output,
                      int64_t rows, int64_t elements, int64_t stride);

}  // namespace lcn
