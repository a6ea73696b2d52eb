// Calls while a device's target is used: the weights stay on the device until they change.
#include <utility>

#include "layer_state.h"

namespace lcn::layer {

// A tensor of the host, copied to the device at once or after the work.
class TensorOnDevice {
  public:
    TensorOnDevice(const Queue& queue, int64_t count) : queue_(queue), buffer_(queue), bytes_(count * 4) {
        if (count > 0) check(buffer_.allocate(bytes_));
    }
    TensorOnDevice(const Queue& queue, const float* host, int64_t count) : TensorOnDevice(queue, count) {
        if (count > 0) check(copy_in(queue, memory(), host, bytes_));
    }

    DeviceMemory memory() const { return buffer_.memory(); }
    void to(float* host) const { check(copy_out(queue_, host, memory(), bytes_)); }

  private:
    Queue queue_;
    DeviceBuffer buffer_;
    int64_t bytes_;
};

struct DeviceWeights {
    DeviceWeights(const Queue& on, void* where, const Weights& w)
        : target(on.target),
          context(where),
          kernel(on, w.kernel.data(), w.kernel.count()),
          bias(on, w.bias.data(), w.bias.count()) {}

    const char* target;
    void* context;  // of the driver; a thread may bring its own
    TensorOnDevice kernel, bias;
};

std::optional<Queue> State::device() const {
    const char* name = nullptr;
    check(target(name));
    if (!target_is_device(name)) return {};
    return Queue{name};
}

void State::weights_change() {
    on_device.reset();
}

std::shared_ptr<const DeviceWeights> State::weights_on(const Queue& queue) const {
    void* context = nullptr;
    check(device_context(queue, context));
    const std::lock_guard lock(device_mutex);
    if (!on_device || on_device->target != queue.target || on_device->context != context)
        on_device = std::make_shared<const DeviceWeights>(queue, context, weights);
    return on_device;
}

void State::forward_on(const Queue& queue, const Problem& of, const float* input, float* output,
                       float* before) const {
    const int64_t outputs = output_count(of.batch);
    const auto resident = weights_on(queue);
    const TensorOnDevice x(queue, input, product(input_shape(of.batch))), y(queue, outputs);
    const TensorOnDevice z(queue, before ? outputs : 0);
    check(forward(queue, of, x.memory(), resident->kernel.memory(), resident->bias.memory(), y.memory(),
                  z.memory()));
    y.to(output);
    if (before) z.to(before);
}

void State::input_gradient_on(const Queue& queue, const Problem& of, const float* before_gradient,
                              float* result) const {
    const auto resident = weights_on(queue);
    const TensorOnDevice dy(queue, before_gradient, output_count(of.batch));
    const TensorOnDevice dx(queue, product(input_shape(of.batch)));
    check(backward_input(queue, of, dy.memory(), resident->kernel.memory(), dx.memory()));
    dx.to(result);
}

}  // namespace lcn::layer
