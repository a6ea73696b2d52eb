#include <cstring>

#include "call.h"
#include "parallel.h"
#include "passes.h"

namespace lcn {

Status activation_gradient(const KernelTable& table, const Activation& a, int64_t count,
                           const float* before_activation, const float* output_gradient,
                           float* before_gradient) {
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, KernelOperation::activation_gradient, kernels));
    if (a.function < Function::linear || a.function > Function::mish)
        return error(Code::invalid_argument, "activation.function has no such value: %d", int(a.function));
    if (count <= 0) return error(Code::invalid_size, "count must be positive, got %lld", (long long)count);
    if (count > int64_t(1) << 60) return error(Code::overflow, "count is too large: %lld", (long long)count);
    const Buffer before{"before_activation", before_activation, count * 4, false};
    const Buffer gradient{"output_gradient", output_gradient, count * 4, false};
    const Buffer result{"before_gradient", before_gradient, count * 4, true};
    LCN_RETURN_IF_ERROR(require({before, gradient, result}));
    // In place is allowed, overlapping by a part is not.
    for (const Buffer& input : {before, gradient})
        LCN_RETURN_IF_ERROR(input.data == result.data ? check_buffers({input})
                                                      : check_buffers({input, result}));

    if (a.function == Function::linear) {
        if (before_gradient != output_gradient)
            std::memcpy(before_gradient, output_gradient, size_t(count) * 4);
        return {};
    }
    if (const DevicePasses* d = kernels.device()) {
        Device* device;
        LCN_RETURN_IF_ERROR(d->open(0, device));
        return d->activation_gradient(*device, kernels, a, count, before_activation, output_gradient,
                                      before_gradient);
    }
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
