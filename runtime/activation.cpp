#include "activation.h"

namespace lcn {

void apply_activation(const Kernel& kernel, const Activation& a, const float* before, float* output,
                      int64_t rows, int64_t elements, int64_t stride) {
    View<2> from(before, {{rows, stride}, {elements, 1}});
    View<2> to(output, {{rows, stride}, {elements, 1}});
    kernel.run<halide_buffer_t*, float, float, float, halide_buffer_t*>(from, a.alpha, a.max_value,
                                                                        a.threshold, to);
}

}  // namespace lcn
