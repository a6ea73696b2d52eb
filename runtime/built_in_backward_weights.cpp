#include "built_in.h"

namespace lcn {

Status backward_weights(const Problem& problem, const float* input, const float* output_gradient,
                        float* kernel_gradient, float* bias_gradient, Update update, Workspace workspace) {
    return backward_weights(built_in_kernels(), problem, input, output_gradient, kernel_gradient,
                            bias_gradient, update, workspace);
}

}  // namespace lcn
