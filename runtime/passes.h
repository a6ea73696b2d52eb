#pragma once

#include "geometry.h"

namespace lcn {

// Bytes of workspace of each pass on a target, for the present number of threads.
int64_t forward_workspace(const Geometry& g, int target);
int64_t backward_input_workspace(const Geometry& g, int target);
int64_t backward_weights_workspace(const Geometry& g, int target);

}  // namespace lcn
