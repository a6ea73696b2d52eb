#include "built_in.h"

namespace lcn {

Status activation_gradient(const Activation& activation, int64_t count, const float* before_activation,
                           const float* output_gradient, float* before_gradient) {
    return activation_gradient(built_in_kernels(), activation, count, before_activation, output_gradient,
                               before_gradient);
}

}  // namespace lcn
