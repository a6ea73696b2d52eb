// The functions of device.h: arguments are checked here, before any work.
#include <cstring>

#include "built_in.h"
#include "check_passes.h"
#include "device/device.h"

namespace lcn {

namespace {

Status find_target(const char* name, int& index, const DeviceTarget*& target) {
    if (!name) return error(Code::null_pointer, "target is null");
    LCN_RETURN_IF_ERROR(built_in_kernels().find(name, "target", index));
    target = built_in_kernels().target(index).device;
    if (target) return {};
    return error(Code::unknown_target, "target '%.60s' is a processor, not a device", name);
}

// A queue whose device is open.
struct OpenQueue {
    Status open_device(const Queue& queue) {
        LCN_RETURN_IF_ERROR(find_target(queue.target, kernels.first, target));
        return target->open(queue.device, device);
    }
    Status open(const Queue& queue) {
        LCN_RETURN_IF_ERROR(open_device(queue));
        kernels.table = &built_in_kernels();
        kernels.wanted = {kernels.table->preferred()};
        stream = queue.stream;
        return device->context(stream, context);
    }
    // And has kernels of the operation.
    Status open(const Queue& queue, KernelOperation operation) {
        LCN_RETURN_IF_ERROR(open(queue));
        if (!kernels.of(operation).first)
            return error(Code::not_built, "this library was built without the pass on devices");
        return {};
    }

    Names names() const { return target->memory_is_addresses ? Names::addresses : Names::handles; }
    DeviceWork work() const { return {&kernels, device, stream}; }
    const DevicePasses& passes() const { return target->on_device; }

    Kernels kernels;
    const DeviceTarget* target = nullptr;
    Device* device = nullptr;
    void *stream = nullptr, *context = nullptr;
};

const void* named(DeviceMemory memory) {
    return reinterpret_cast<const void*>(memory);
}

Status check_copy(DeviceMemory memory, const void* host, int64_t bytes) {
    if (!memory) return error(Code::null_pointer, "the memory of the device is null");
    if (!host) return error(Code::null_pointer, "host is null");
    if (bytes <= 0) return error(Code::invalid_size, "bytes must be positive, got %lld", (long long)bytes);
    return {};
}

}  // namespace

bool target_is_device(const char* name) {
    const KernelTable& table = built_in_kernels();
    for (int t = 0; name && t < table.target_count(); t++)
        if (std::strcmp(table.target(t).name, name) == 0) return table.target(t).device != nullptr;
    return false;
}

Status device_count(const char* name, int& count) {
    int index;
    const DeviceTarget* target;
    LCN_RETURN_IF_ERROR(find_target(name, index, target));
    return target->count(count);
}

Status device_info(const char* name, int device, DeviceInfo& info) {
    int index;
    const DeviceTarget* target;
    LCN_RETURN_IF_ERROR(find_target(name, index, target));
    info = {};
    return target->info(device, info);
}

Status device_context(const Queue& queue, void*& context) {
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue));
    context = q.context;
    return {};
}

Status allocate(const Queue& queue, int64_t bytes, DeviceMemory& memory) {
    if (bytes <= 0) return error(Code::invalid_size, "bytes must be positive, got %lld", (long long)bytes);
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue));
    return q.device->allocate(q.stream, bytes, memory);
}

Status free(const Queue& queue, DeviceMemory memory) {
    if (!memory) return {};
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue));
    return q.device->free(q.context, memory);
}

Status free(const Queue& queue, void* context, DeviceMemory memory) {
    if (!memory) return {};
    if (!context) return error(Code::null_pointer, "context is null");
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open_device(queue));
    return q.device->free(context, memory);
}

Status copy_in(const Queue& queue, DeviceMemory to, const void* host, int64_t bytes) {
    LCN_RETURN_IF_ERROR(check_copy(to, host, bytes));
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue));
    return q.device->copy_in(q.stream, to, host, bytes);
}

Status copy_out(const Queue& queue, void* host, DeviceMemory from, int64_t bytes) {
    LCN_RETURN_IF_ERROR(check_copy(from, host, bytes));
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue));
    return q.device->copy_out(q.stream, host, from, bytes);
}

Status synchronize(const Queue& queue) {
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue));
    return q.device->synchronize(q.stream);
}

Status forward(const Queue& queue, const Problem& problem, DeviceMemory input, DeviceMemory kernel,
               DeviceMemory bias, DeviceMemory output, DeviceMemory before_activation) {
    Geometry g;
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue, KernelOperation::forward));
    LCN_RETURN_IF_ERROR(check(problem, g));
    LCN_RETURN_IF_ERROR(check_forward(g, q.names(), named(input), named(kernel), named(bias), named(output),
                                      named(before_activation), {}));
    return q.passes().forward(q.work(), g, input, kernel, bias, output, before_activation);
}

Status backward_input(const Queue& queue, const Problem& problem, DeviceMemory output_gradient,
                      DeviceMemory kernel, DeviceMemory input_gradient) {
    Geometry g;
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue, KernelOperation::backward_input_gather));
    LCN_RETURN_IF_ERROR(check(problem, g));
    LCN_RETURN_IF_ERROR(
        check_backward_input(g, q.names(), named(output_gradient), named(kernel), named(input_gradient), {}));
    return q.passes().backward_input(q.work(), g, output_gradient, kernel, input_gradient);
}

Status backward_weights(const Queue& queue, const Problem& problem, DeviceMemory input,
                        DeviceMemory output_gradient, DeviceMemory kernel_gradient,
                        DeviceMemory bias_gradient, Update update) {
    Geometry g;
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue, KernelOperation::backward_weights));
    LCN_RETURN_IF_ERROR(check(problem, g));
    LCN_RETURN_IF_ERROR(check_backward_weights(g, q.names(), named(input), named(output_gradient),
                                               named(kernel_gradient), named(bias_gradient), update, {}));
    return q.passes().backward_weights(q.work(), g, input, output_gradient, kernel_gradient, bias_gradient,
                                       update == Update::accumulate);
}

Status activation_gradient(const Queue& queue, const Activation& activation, int64_t count,
                           DeviceMemory before_activation, DeviceMemory output_gradient,
                           DeviceMemory before_gradient) {
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue, KernelOperation::activation_gradient));
    LCN_RETURN_IF_ERROR(check_activation_gradient(activation, count, q.names(), named(before_activation),
                                                  named(output_gradient), named(before_gradient)));
    return q.passes().activation_gradient(q.work(), activation, count, before_activation, output_gradient,
                                          before_gradient);
}

Status axpby(const Queue& queue, int64_t count, float a, DeviceMemory x, float b, DeviceMemory y) {
    OpenQueue q;
    LCN_RETURN_IF_ERROR(q.open(queue, KernelOperation::axpby));
    LCN_RETURN_IF_ERROR(check_axpby(count, q.names(), named(x), named(y)));
    return q.target->axpby(q.work(), count, a, x, b, y);
}

}  // namespace lcn
