#pragma once

#include "random.h"
#include "variable.h"

namespace lcn::layer {

// Keras's Orthogonal. The variable as a matrix, (product of all sizes but the last, last size), gets
// orthonormal columns times gain, or rows if there are fewer of them; all such matrices are equally likely.
// Takes one copy of the variable in double, and time in proportion to elements times columns (or rows).
void fill_orthogonal(const Variable<float>& variable, double gain, Random random);

}  // namespace lcn::layer
