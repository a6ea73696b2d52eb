#include "built_in.h"

namespace lcn {

Status backward_input(const Problem& problem, const float* output_gradient, const float* kernel,
                      float* input_gradient, Workspace workspace) {
    return backward_input(built_in_kernels(), problem, output_gradient, kernel, input_gradient, workspace);
}

}  // namespace lcn
