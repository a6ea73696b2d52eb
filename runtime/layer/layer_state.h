// What a layer holds, and the steps of its work.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "arguments.h"
#include "buffer.h"
#include "lcn/device.h"
#include "variable.h"

namespace lcn::layer {

// The weights of a layer, or their gradients. `outside` is of implementation 2 alone; `bias` may be missing.
struct Weights {
    Floats kernel, outside, bias;
};

struct DeviceWeights;  // copies on a device

struct State {
    State(int dimensions, LayerArguments given);

    LayerArguments arguments;
    CheckedArguments checked;

    bool in_build = false;

    // From build on.
    std::optional<KernelLayout> layout;
    Weights weights;
    Weights gradients;  // from the first backward on; `outside` is not kept
    struct {
        bool kernel = false, bias = false;
    } has_regularizer_gradient;

    mutable ScratchPool scratch;
    mutable std::atomic<double> activity_loss = 0;  // of the call that ended last
    mutable std::atomic<bool> has_activity_loss = false;

    mutable std::mutex device_mutex;
    mutable std::shared_ptr<const DeviceWeights> on_device;  // null: nowhere, or as they were before a change

    // To be called before the weights change, or may: copies elsewhere are outdated.
    void weights_change();

    Variable<float> kernel(const Weights& of) const { return kernel_variable(*layout, of); }
    Variable<float> bias(const Weights& of) const { return bias_variable(*layout, of); }
    static Variable<float> kernel_variable(const KernelLayout& layout, const Weights& of);
    static Variable<float> bias_variable(const KernelLayout& layout, const Weights& of);

    // That of the built layer, or as the arguments alone tell it.
    std::optional<KernelLayout> known_layout() const;
    // Throws std::logic_error, naming the method, before build.
    void need_built(const char* method) const;
    void build(const Shape& input_shape);  // without values when the arguments bring weights
    std::vector<Shape> weight_shapes(const KernelLayout& layout) const;
    LayerMemory memory(const KernelLayout& layout, int64_t batch) const;

    void make_gradients();  // zeros, unless they are there
    void clear_gradients();
    void add_regularizer_gradients();  // once until they are cleared
    void apply_constraints();

    Problem problem(const KernelLayout& layout, int64_t batch) const;
    Shape input_shape(int64_t batch) const;
    Shape output_shape(int64_t batch) const;
    int64_t output_count(int64_t batch) const;

    // output = activation(before); `before` may be null.
    void run(int64_t batch, const float* input, float* output, float* before) const;
    // result = the gradient before the activation. `before` may be null: it is computed again.
    void before_gradient(int64_t batch, const float* input, const float* before, const float* output_gradient,
                         bool with_activity, float* result) const;
    void input_gradient(int64_t batch, const float* before_gradient, float* result) const;
    void weight_gradients(int64_t batch, const float* input, const float* before_gradient, Update update,
                          float* kernel, float* bias) const;
    double activity_loss_of(int64_t batch, const float* output) const;

  private:
    Weights make_weights(const KernelLayout& layout) const;
    void initialize(const KernelLayout& layout, const Weights& made) const;
    bool activation_is_elementwise() const { return checked.activation.elementwise.has_value(); }
    void forward_with(const Problem& problem, const float* input, float* output, float* before) const;
    // The device on which calls run; none: a processor.
    std::optional<Queue> device() const;
    std::shared_ptr<const DeviceWeights> weights_on(const Queue& queue) const;
    void forward_on(const Queue& queue, const Problem& problem, const float* input, float* output,
                    float* before) const;
    void input_gradient_on(const Queue& queue, const Problem& problem, const float* before_gradient,
                           float* result) const;
    void add_activity_gradient(int64_t batch, const float* input, const float* output_gradient,
                               float* result) const;
};

// Throws what a failed status says.
void check(const Status& status);

}  // namespace lcn::layer
