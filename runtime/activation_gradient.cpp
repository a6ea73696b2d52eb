#include <cstring>

#include "check_passes.h"
#include "parallel.h"
#include "passes.h"

namespace lcn {

Status activation_gradient(const KernelTable& table, const Activation& a, int64_t count,
                           const float* before_activation, const float* output_gradient,
                           float* before_gradient) {
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, KernelOperation::activation_gradient, kernels));
    LCN_RETURN_IF_ERROR(check_activation_gradient(a, count, Names::addresses, before_activation,
                                                  output_gradient, before_gradient));
    if (a.function == Function::linear) {
        if (before_gradient != output_gradient)
            std::memcpy(before_gradient, output_gradient, size_t(count) * 4);
        return {};
    }
    if (const DeviceTarget* d = kernels.device())
        return d->on_host.activation_gradient(kernels, a, count, before_activation, output_gradient,
                                              before_gradient);
    const Kernel* kernel = choose_activation(kernels, KernelOperation::activation_gradient, a.function);
    const int64_t piece = 64 * 1024;
    parallel_units(threads(), divide_up(count, piece), [&](int, int64_t unit) {
        const int64_t begin = unit * piece, elements = std::min(piece, count - begin);
        View<2> from(before_activation + begin, {{1, 0}, {elements, 1}});
        View<2> by(output_gradient + begin, {{1, 0}, {elements, 1}});
        View<2> to(before_gradient + begin, {{1, 0}, {elements, 1}});
        kernel->run<halide_buffer_t*, halide_buffer_t*, float, float, float, halide_buffer_t*>(
            from, by, a.alpha, a.max_value, a.threshold, to);
    });
    return {};
}

}  // namespace lcn
