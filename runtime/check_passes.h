#pragma once

#include "call.h"

namespace lcn {

// The arguments of each pass of lcn.h, besides the problem: checked before any work. Tensors of a device are
// checked as those of the host, by their names. Inline, so that a program has the checks of the passes it
// calls.

inline Status check_forward(const Geometry& g, Names names, const void* input, const void* kernel,
                            const void* bias, const void* output, const void* before_activation,
                            const Workspace& workspace) {
    const int64_t output_bytes = output_elements(g) * 4;
    const Buffer x{"input", input, input_elements(g) * 4, false}, out{"output", output, output_bytes, true};
    const Buffer weights{"kernel", kernel, g.positions * g.panel * 4, false};
    const Buffer b{"bias", bias, g.positions * g.problem.filters * 4, false};
    const Buffer before{"before_activation", before_activation, output_bytes, true};
    LCN_RETURN_IF_ERROR(require({x, weights, out}));
    return check_buffers({x, weights, b, out, before, whole(workspace)}, names);
}

inline Status check_backward_input(const Geometry& g, Names names, const void* output_gradient,
                                   const void* kernel, const void* input_gradient,
                                   const Workspace& workspace) {
    const Buffer dy{"output_gradient", output_gradient, output_elements(g) * 4, false};
    const Buffer weights{"kernel", kernel, g.positions * g.panel * 4, false};
    const Buffer dx{"input_gradient", input_gradient, input_elements(g) * 4, true};
    LCN_RETURN_IF_ERROR(require({dy, weights, dx}));
    return check_buffers({dy, weights, dx, whole(workspace)}, names);
}

inline Status check_backward_weights(const Geometry& g, Names names, const void* input,
                                     const void* output_gradient, const void* kernel_gradient,
                                     const void* bias_gradient, Update update, const Workspace& workspace) {
    if (update != Update::overwrite && update != Update::accumulate)
        return error(Code::invalid_argument, "update has no such value: %d", int(update));
    const Buffer x{"input", input, input_elements(g) * 4, false};
    const Buffer dy{"output_gradient", output_gradient, output_elements(g) * 4, false};
    const Buffer dw{"kernel_gradient", kernel_gradient, g.positions * g.panel * 4, true};
    const Buffer db{"bias_gradient", bias_gradient, g.positions * g.problem.filters * 4, true};
    LCN_RETURN_IF_ERROR(require({x, dy, dw}));
    return check_buffers({x, dy, dw, db, whole(workspace)}, names);
}

inline Status check_count(int64_t count) {
    if (count <= 0) return error(Code::invalid_size, "count must be positive, got %lld", (long long)count);
    if (count > int64_t(1) << 60) return error(Code::overflow, "count is too large: %lld", (long long)count);
    return {};
}

// In place is allowed, overlapping by a part is not.
inline Status check_in_place(const Buffer& input, const Buffer& result, Names names) {
    return input.data == result.data ? check_buffers({input}, names) : check_buffers({input, result}, names);
}

inline Status check_activation_gradient(const Activation& activation, int64_t count, Names names,
                                        const void* before_activation, const void* output_gradient,
                                        const void* before_gradient) {
    if (activation.function < Function::linear || activation.function > Function::mish)
        return error(Code::invalid_argument, "activation.function has no such value: %d",
                     int(activation.function));
    LCN_RETURN_IF_ERROR(check_count(count));
    const Buffer before{"before_activation", before_activation, count * 4, false};
    const Buffer gradient{"output_gradient", output_gradient, count * 4, false};
    const Buffer result{"before_gradient", before_gradient, count * 4, true};
    LCN_RETURN_IF_ERROR(require({before, gradient, result}));
    LCN_RETURN_IF_ERROR(check_in_place(before, result, names));
    return check_in_place(gradient, result, names);
}

// Of device.h alone.
inline Status check_axpby(int64_t count, Names names, const void* x, const void* y) {
    LCN_RETURN_IF_ERROR(check_count(count));
    const Buffer from{"x", x, count * 4, false}, to{"y", y, count * 4, true};
    LCN_RETURN_IF_ERROR(require({from, to}));
    return check_in_place(from, to, names);
}

}  // namespace lcn
