#include <utility>

#include "call.h"
#include "device/passes.h"

namespace lcn {

namespace {

// Device 0 of the target of the kernels.
struct Device0 : DeviceWork {
    explicit Device0(const Kernels& of) : DeviceWork{&of, nullptr, nullptr} {}
    Status open() { return kernels->device()->open(0, device); }
};

// A tensor of the host and its copy on the device. Without one, memory() is 0.
class Copy {
  public:
    explicit Copy(const DeviceWork& work) : device_(*work.device) {}
    ~Copy() {
        if (memory_) device_.free(context_, memory_);
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    Status allocate(const float* host, int64_t elements) {
        if (!host) return {};
        bytes_ = elements * 4;
        LCN_RETURN_IF_ERROR(device_.context(nullptr, context_));
        return device_.allocate(nullptr, bytes_, memory_);
    }
    Status of(const float* host, int64_t elements) {
        LCN_RETURN_IF_ERROR(allocate(host, elements));
        return host ? device_.copy_in(nullptr, memory_, host, bytes_) : Status{};
    }
    Status to(float* host) const {
        return host ? device_.copy_out(nullptr, host, memory_, bytes_) : Status{};
    }

    DeviceMemory memory() const { return memory_; }

  private:
    Device& device_;
    void* context_ = nullptr;
    DeviceMemory memory_ = 0;
    int64_t bytes_ = 0;
};

// Images that are spaced: the gaps of an output come back as they were.
bool spaced(int64_t batch, int64_t stride, int64_t image) {
    return batch > 1 && stride != image;
}

Status written(Copy& copy, const float* host, int64_t elements, bool keeps) {
    return keeps ? copy.of(host, elements) : copy.allocate(host, elements);
}

Status forward_of_host(const Kernels& kernels, const Geometry& g, const float* input, const float* kernel,
                       const float* bias, float* output, float* before_activation) {
    LCN_RETURN_IF_ERROR(check_for_device(g));
    Device0 device(kernels);
    LCN_RETURN_IF_ERROR(device.open());
    Copy x(device), w(device), b(device), y(device), before(device);
    const int64_t image = g.positions * g.problem.filters;
    const bool keeps = spaced(g.problem.batch, g.output_image, image);
    LCN_RETURN_IF_ERROR(x.of(input, input_elements(g)));
    LCN_RETURN_IF_ERROR(w.of(kernel, g.positions * g.panel));
    LCN_RETURN_IF_ERROR(b.of(bias, image));
    LCN_RETURN_IF_ERROR(written(y, output, output_elements(g), keeps));
    LCN_RETURN_IF_ERROR(written(before, before_activation, output_elements(g), keeps));
    LCN_RETURN_IF_ERROR(
        passes_on_device.forward(device, g, x.memory(), w.memory(), b.memory(), y.memory(), before.memory()));
    LCN_RETURN_IF_ERROR(y.to(output));
    return before.to(before_activation);
}

Status backward_input_of_host(const Kernels& kernels, const Geometry& g, const float* output_gradient,
                              const float* kernel, float* input_gradient) {
    LCN_RETURN_IF_ERROR(check_for_device(g));
    Device0 device(kernels);
    LCN_RETURN_IF_ERROR(device.open());
    Copy dy(device), w(device), dx(device);
    const int64_t image = g.problem.input_rows * g.problem.input_columns * g.problem.channels;
    LCN_RETURN_IF_ERROR(dy.of(output_gradient, output_elements(g)));
    LCN_RETURN_IF_ERROR(w.of(kernel, g.positions * g.panel));
    LCN_RETURN_IF_ERROR(
        written(dx, input_gradient, input_elements(g), spaced(g.problem.batch, g.input_image, image)));
    LCN_RETURN_IF_ERROR(passes_on_device.backward_input(device, g, dy.memory(), w.memory(), dx.memory()));
    return dx.to(input_gradient);
}

Status backward_weights_of_host(const Kernels& kernels, const Geometry& g, const float* input,
                                const float* output_gradient, float* kernel_gradient, float* bias_gradient,
                                bool accumulate) {
    LCN_RETURN_IF_ERROR(check_for_device(g));
    Device0 device(kernels);
    LCN_RETURN_IF_ERROR(device.open());
    Copy x(device), dy(device), dw(device), db(device);
    LCN_RETURN_IF_ERROR(x.of(input, input_elements(g)));
    LCN_RETURN_IF_ERROR(dy.of(output_gradient, output_elements(g)));
    LCN_RETURN_IF_ERROR(written(dw, kernel_gradient, g.positions * g.panel, accumulate));
    LCN_RETURN_IF_ERROR(written(db, bias_gradient, g.positions * g.problem.filters, accumulate));
    LCN_RETURN_IF_ERROR(passes_on_device.backward_weights(device, g, x.memory(), dy.memory(), dw.memory(),
                                                          db.memory(), accumulate));
    LCN_RETURN_IF_ERROR(dw.to(kernel_gradient));
    return db.to(bias_gradient);
}

Status activation_gradient_of_host(const Kernels& kernels, const Activation& activation, int64_t count,
                                   const float* before_activation, const float* output_gradient,
                                   float* before_gradient) {
    LCN_RETURN_IF_ERROR(check_elements("before_activation", count));
    Device0 device(kernels);
    LCN_RETURN_IF_ERROR(device.open());
    Copy before(device), gradient(device), result(device);
    LCN_RETURN_IF_ERROR(before.of(before_activation, count));
    LCN_RETURN_IF_ERROR(gradient.of(output_gradient, count));
    LCN_RETURN_IF_ERROR(result.allocate(before_gradient, count));
    LCN_RETURN_IF_ERROR(passes_on_device.activation_gradient(device, activation, count, before.memory(),
                                                             gradient.memory(), result.memory()));
    return result.to(before_gradient);
}

}  // namespace

const HostPasses passes_on_host{forward_of_host, backward_input_of_host, backward_weights_of_host,
                                activation_gradient_of_host};

}  // namespace lcn
