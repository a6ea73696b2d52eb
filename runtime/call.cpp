#include "call.h"

namespace lcn {

Status require(std::initializer_list<Buffer> buffers) {
    for (const Buffer& b : buffers)
        if (!b.data) return error(Code::null_pointer, "%s is null", b.name);
    return {};
}

Status check_buffers(std::initializer_list<Buffer> buffers, Names names) {
    const bool handles = names == Names::handles;
    for (const Buffer& b : buffers)
        if (!handles && reinterpret_cast<uintptr_t>(b.data) % alignof(float) != 0)
            return error(Code::misaligned, "%s is not a multiple of 4 bytes: %p", b.name, b.data);
    for (const Buffer& b : buffers)
        for (const Buffer& other : buffers) {
            const auto begin = reinterpret_cast<uintptr_t>(b.data),
                       end = begin + uintptr_t(handles ? 1 : b.bytes);
            const auto other_begin = reinterpret_cast<uintptr_t>(other.data);
            const auto other_end = other_begin + uintptr_t(handles ? 1 : other.bytes);
            if (&b != &other && b.written && b.data && other.data && begin < other_end && other_begin < end)
                return error(Code::overlap, "%s overlaps %s: %p and %p", b.name, other.name, b.data,
                             other.data);
        }
    return {};
}

Status Slots::bind(Workspace workspace) {
    if (bytes() == 0) return {};
    if (!workspace.data)
        return error(Code::null_pointer, "workspace.data is null, %lld bytes are needed", (long long)bytes());
    if (workspace.bytes < bytes())
        return error(Code::workspace_too_small, "workspace.bytes is %lld, %lld are needed",
                     (long long)workspace.bytes, (long long)bytes());
    base_ = reinterpret_cast<float*>(round_up(reinterpret_cast<intptr_t>(workspace.data), 64));
    return {};
}

// Elements that transpose_streaming stores at once.
constexpr int64_t streamed_vector = 8;

void transpose(const Kernels& kernels, const float* input, int64_t input_stride, int64_t input_stack,
               float* output, int64_t output_stride, int64_t output_stack, int64_t rows, int64_t columns,
               int64_t stack, bool streams) {
    const auto on_vectors = [](int64_t elements) { return elements % streamed_vector == 0; };
    const bool may_stream = streams && on_vectors(reinterpret_cast<intptr_t>(output) / 4) &&
                            on_vectors(output_stride) && on_vectors(output_stack);
    const Kernel* kernel = may_stream ? choose_transpose_streaming(kernels, rows, columns) : nullptr;
    if (!kernel) kernel = choose_transpose(kernels, rows, columns);
    // Index arithmetic is 32-bit: few rows at a time when they lie far apart.
    int64_t row_step =
        std::clamp<int64_t>(max_call_elements / 2 / std::max<int64_t>(1, input_stride), 1, rows);
    const int64_t column_step =
        std::clamp<int64_t>(max_call_elements / 2 / std::max<int64_t>(1, output_stride), 1, columns);
    if (row_step < rows || column_step < columns) {
        kernel = choose_transpose(kernels, 1, 1);
    } else if (input_stride > output_stride && columns >= 64) {
        // Few long rows at once: many that lie far apart are read from memory piece by piece, and those of
        // images collide in the caches. Measured on Zen 3, 2026-11-26: backward_input of cunn232 and of
        // keras_doc_1 N=128 1.26x as fast, lcresnet18_conv1 1.10x, alltnn_0 N=32 1.05x.
        row_step = kernel->lanes;
    }
    const bool whole_stack = std::max(input_stack, output_stack) < max_call_elements / 2 / stack;
    for (int64_t z = 0; z < stack; z += whole_stack ? stack : 1)
        for (int64_t x = 0, r = 0; x < rows; x += r) {
            r = rows - x < row_step + kernel->lanes ? rows - x : row_step;  // never fewer than lanes
            for (int64_t y = 0; y < columns; y += column_step) {
                const int64_t c = std::min(column_step, columns - y), s = whole_stack ? stack : 1;
                View<3> from(input + z * input_stack + x * input_stride + y,
                             {{s, input_stack}, {r, input_stride}, {c, 1}});
                View<3> to(output + z * output_stack + y * output_stride + x,
                           {{s, output_stack}, {c, output_stride}, {r, 1}});
                kernel->run<halide_buffer_t*, halide_buffer_t*>(from, to);
            }
        }
}

}  // namespace lcn
