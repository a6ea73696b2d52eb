#include "built_in.h"

namespace lcn {

Status forward(const Problem& problem, const float* input, const float* kernel, const float* bias,
               float* output, float* before_activation, Workspace workspace) {
    return forward(built_in_kernels(), problem, input, kernel, bias, output, before_activation, workspace);
}

}  // namespace lcn
