#include "device/passes.h"

#include <algorithm>
#include <string_view>

#include "device/choose.h"
#include "plan.h"

namespace lcn {

namespace {

using Buffer = halide_buffer_t*;

template <typename... Arguments>
Status run(const DeviceWork& work, const Kernel& kernel, Arguments... arguments) {
    DeviceCall call{work.device, work.stream, work.checks_only};
    if (!work.checks_only) kernel.ran.store(true, std::memory_order_relaxed);
    reinterpret_cast<int (*)(void*, Arguments...)>(kernel.entry)(&call, arguments...);
    return call.status;
}

bool fours(std::initializer_list<int64_t> numbers) {
    for (const int64_t n : numbers)
        if (n % 4 != 0) return false;
    return true;
}

// Allocations begin on lines, so handles do.
bool lines(const DeviceWork& work, std::initializer_list<DeviceMemory> memory) {
    if (!work.kernels->device()->memory_is_addresses) return true;
    for (const DeviceMemory m : memory)
        if (m % 16 != 0) return false;
    return true;
}

// Pixels that are multiples of four elements: windows begin and end at them.
bool reads_fours_of_input(const DeviceWork& work, const Geometry& g, DeviceMemory input) {
    return !g.channels_first && fours({g.problem.channels, g.input_image}) && lines(work, {input});
}

// Dimensions of tensors, as kernels of whole layers see them.
struct Views {
    explicit Views(const Geometry& geometry) : g(geometry), p(geometry.problem) {}

    View<4> image(DeviceMemory memory) const {
        return {memory,
                {{p.batch, g.input_image},
                 {g.planes, g.input_plane},
                 {p.input_rows, g.input_row},
                 {p.input_columns * g.column_elements, 1}}};
    }
    View<5> weights(DeviceMemory memory) const {
        return {memory,
                {{g.positions, g.panel},
                 {g.planes, g.weights_plane},
                 {p.kernel_rows, g.weights_row},
                 {g.taps, p.filters},
                 {p.filters, 1}}};
    }
    // The weights by channel and kernel column.
    View<5> weights_of_channels(DeviceMemory memory) const {
        const int64_t channel = g.channels_first ? g.weights_plane : p.filters;
        const int64_t column = g.channels_first ? p.filters : p.channels * p.filters;
        return {memory,
                {{g.positions, g.panel},
                 {p.kernel_rows, g.weights_row},
                 {p.kernel_columns, column},
                 {p.channels, channel},
                 {p.filters, 1}}};
    }
    View<3> output(DeviceMemory memory, int64_t image) const {
        return {memory,
                {{p.batch, image},
                 {g.positions, g.channels_first ? 1 : p.filters},
                 {p.filters, g.channels_first ? g.positions : 1}}};
    }
    View<3> pixels(DeviceMemory memory) const {
        const int64_t pixels = p.input_rows * p.input_columns;
        return {memory,
                {{p.batch, g.input_image},
                 {pixels, g.channels_first ? 1 : p.channels},
                 {p.channels, g.channels_first ? pixels : 1}}};
    }

    const Geometry& g;
    const Problem& p;
};

// There is no kernel for `linear`: with slope 1 leaky_relu is.
Activation with_kernel(const Activation& activation) {
    Activation slope_1;
    slope_1.function = Function::leaky_relu, slope_1.alpha = 1.0f;
    return activation.function == Function::linear ? slope_1 : activation;
}

Status activate(const DeviceWork& work, const Geometry& g, DeviceMemory from, DeviceMemory to) {
    const Activation a = with_kernel(g.problem.activation);
    const Kernel& k = *choose_activation(*work.kernels, KernelOperation::activation, a.function);
    const int64_t image = g.positions * g.problem.filters;
    // Images without gaps are one row; of others CUDA takes so many at a time.
    const bool gaps = g.output_image != image && work.kernels->device()->memory_is_addresses;
    const int64_t rows = g.output_image == image ? 1 : g.problem.batch;
    const int64_t elements = g.problem.batch / rows * image, most = gaps ? 65535 : rows;
    for (int64_t n = 0; n < rows; n += most) {
        const int64_t first = n * g.output_image * 4, count = std::min(most, rows - n);
        View<2> before(from + uint64_t(first), {{count, g.output_image}, {elements, 1}});
        View<2> after(to + uint64_t(first), {{count, g.output_image}, {elements, 1}});
        LCN_RETURN_IF_ERROR((run<Buffer, float, float, float, Buffer>(work, k, before, a.alpha, a.max_value,
                                                                      a.threshold, after)));
    }
    return {};
}

Status forward_on_device(const DeviceWork& work, const Geometry& g, DeviceMemory input, DeviceMemory kernel,
                         DeviceMemory bias, DeviceMemory output, DeviceMemory before_activation) {
    LCN_RETURN_IF_ERROR(check_for_device(g));
    const Views views(g);
    const Problem& p = g.problem;
    const bool linear = p.activation.function == Function::linear;
    const DeviceMemory before = before_activation ? before_activation : output;
    const bool aligned =
        !g.channels_first && fours({p.filters, g.output_image}) && lines(work, {kernel, bias, before});
    const Kernel& k = *choose_forward_on_device(
        *work.kernels,
        {p.batch, p.filters, g.positions, g.taps, aligned, reads_fours_of_input(work, g, input)});
    View<4> x = views.image(input);
    View<5> w = views.weights(kernel);
    View<3> b = views.output(bias ? bias : kernel, 0);  // without a bias nothing is used of it
    View<3> y = views.output(before, g.output_image);
    LCN_RETURN_IF_ERROR((run<Buffer, Buffer, Buffer, int, int, int, int, int, int, Buffer>(
        work, k, x, w, b, int(g.position_step()), int(g.output_columns), int(p.stride_rows),
        int(g.padding_columns * g.column_elements), int(g.padding_rows), int(bias != 0), y)));
    if (linear && before == output) return {};
    return activate(work, g, before, output);
}

Status backward_input_on_device(const DeviceWork& work, const Geometry& g, DeviceMemory output_gradient,
                                DeviceMemory kernel, DeviceMemory input_gradient) {
    LCN_RETURN_IF_ERROR(check_for_device(g));
    const Views views(g);
    const Problem& p = g.problem;
    const bool aligned =
        !g.channels_first && fours({p.filters, g.output_image}) && lines(work, {output_gradient, kernel});
    const Kernel& k = *choose_backward_input_on_device(
        *work.kernels, {p.batch, p.channels, p.input_rows * p.input_columns, p.filters, aligned, aligned,
                        p.input_columns, p.kernel_columns});
    View<3> dy = views.output(output_gradient, g.output_image);
    View<5> w = views.weights_of_channels(kernel);
    View<3> dx = views.pixels(input_gradient);
    return run<Buffer, Buffer, int, int, int, int, int, int, int, Buffer>(
        work, k, dy, w, int(p.input_columns), int(g.output_columns), int(g.output_rows), int(p.stride_rows),
        int(p.stride_columns), int(g.padding_rows), int(g.padding_columns), dx);
}

// The bias is the weight of a tap that reads the constant 1.
Status run_bias_gradient(const DeviceWork& work, const Geometry& g, DeviceMemory one,
                         DeviceMemory output_gradient, DeviceMemory bias_gradient, bool accumulate) {
    const Problem& p = g.problem;
    const Kernel& k = *choose_backward_weights_on_device(
        *work.kernels, {1, p.filters, g.positions, p.batch, false, false}, accumulate);
    View<3> dy = Views(g).output(output_gradient, g.output_image);
    View<4> ones(one, {{p.batch, 0}, {1, 0}, {1, 0}, {1, 1}});
    const int64_t filter = g.channels_first ? g.positions : 1;
    View<5> db(
        bias_gradient,
        {{g.positions, g.channels_first ? 1 : p.filters}, {1, 0}, {1, 0}, {1, 0}, {p.filters, filter}});
    return run<Buffer, Buffer, int, int, int, int, int, Buffer>(work, k, ones, dy, 0, 1, 0, 0, 0, db);
}

Status backward_weights_on_device(const DeviceWork& work, const Geometry& g, DeviceMemory input,
                                  DeviceMemory output_gradient, DeviceMemory kernel_gradient,
                                  DeviceMemory bias_gradient, bool accumulate) {
    LCN_RETURN_IF_ERROR(check_for_device(g));
    DeviceMemory one = 0;
    if (bias_gradient) {
        // It runs last, when it is too late to refuse it.
        DeviceWork check = work;
        check.checks_only = true;
        LCN_RETURN_IF_ERROR(run_bias_gradient(check, g, one, output_gradient, bias_gradient, accumulate));
        LCN_RETURN_IF_ERROR(with_memory([&] { return work.device->one(work.stream, one); }));
    }
    const Views views(g);
    const Problem& p = g.problem;
    const bool aligned = !g.channels_first && fours({p.filters, g.output_image}) &&
                         lines(work, {output_gradient, kernel_gradient});
    const Kernel& k =
        *choose_backward_weights_on_device(*work.kernels,
                                           {g.taps, p.filters, g.positions * g.planes * p.kernel_rows,
                                            p.batch, aligned, reads_fours_of_input(work, g, input)},
                                           accumulate);
    View<4> x = views.image(input);
    View<3> dy = views.output(output_gradient, g.output_image);
    View<5> dw = views.weights(kernel_gradient);
    LCN_RETURN_IF_ERROR((run<Buffer, Buffer, int, int, int, int, int, Buffer>(
        work, k, x, dy, int(g.position_step()), int(g.output_columns), int(p.stride_rows),
        int(g.padding_columns * g.column_elements), int(g.padding_rows), dw)));
    return bias_gradient ? run_bias_gradient(work, g, one, output_gradient, bias_gradient, accumulate)
                         : Status{};
}

Status activation_gradient_on_device(const DeviceWork& work, const Activation& activation, int64_t count,
                                     DeviceMemory before_activation, DeviceMemory output_gradient,
                                     DeviceMemory before_gradient) {
    LCN_RETURN_IF_ERROR(check_elements("before_activation", count));
    if (activation.function == Function::linear && before_gradient == output_gradient) return {};
    const Activation a = with_kernel(activation);
    const Kernel& k = *choose_activation(*work.kernels, KernelOperation::activation_gradient, a.function);
    View<2> before(before_activation, {{1, 0}, {count, 1}});
    View<2> gradient(output_gradient, {{1, 0}, {count, 1}});
    View<2> result(before_gradient, {{1, 0}, {count, 1}});
    return run<Buffer, Buffer, float, float, float, Buffer>(work, k, before, gradient, a.alpha, a.max_value,
                                                            a.threshold, result);
}

}  // namespace

Status check_elements(const char* name, int64_t elements) {
    if (elements < max_call_elements) return {};
    return error(Code::overflow, "%s has %lld elements, a device takes at most %lld", name,
                 (long long)elements, (long long)max_call_elements);
}

Status check_for_device(const Geometry& g) {
    LCN_RETURN_IF_ERROR(check_elements("input", g.problem.batch * g.input_image));
    LCN_RETURN_IF_ERROR(check_elements("kernel", g.positions * g.panel));
    return check_elements("output", g.problem.batch * g.output_image);
}

Status axpby_on_device(const DeviceWork& work, int64_t count, float a, DeviceMemory x, float b,
                       DeviceMemory y) {
    LCN_RETURN_IF_ERROR(check_elements("x", count));
    const Kernel& k = *work.kernels->of(KernelOperation::axpby).first;  // its only tile
    View<1> from(x, {{count, 1}}), to(y, {{count, 1}});
    return run<Buffer, float, float, Buffer>(work, k, from, a, b, to);
}

const DevicePasses passes_on_device{forward_on_device, backward_input_on_device, backward_weights_on_device,
                                    activation_gradient_on_device};

}  // namespace lcn
