// How far a correct layer in float32 may be from what Keras recorded, element by element.
//
//   u = 2^-24
//   z = bias + sum of x*w, T terms:  T u sum |terms|, whatever the order of the sum
//   output, and the gradient before the activation: activation_errors.h
//   each gradient, a sum of T terms p g: T u sum |p g| + sum |p| (error of g)
//   losses: 1e-5 of the value; constrained weights: 8 roundings
//   and u |recorded| in each, as Keras's values were rounded once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "recorded_case.h"

using Bounds = std::map<std::string, std::vector<double>>;

// Bounds for all results in `recorded`, which also holds what the layer was given.
Bounds bounds_of(const RecordedCase& recorded);
