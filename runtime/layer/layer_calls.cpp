// The public class: running and training.
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "caller_memory.h"
#include "keras_object.h"
#include "layer_state.h"
#include "shape_text.h"

namespace lcn {

using namespace layer;

namespace {

void check_batch(const State& state, int64_t batch) {
    if (batch < 0) refuse("batch", batch, "a number of images");
    const int64_t image = std::max(product(state.input_shape(1)), state.output_count(1));
    if (batch > (int64_t(1) << 60) / std::max<int64_t>(image, 1))
        refuse("batch", batch, "a number of images that have at most 2^60 elements");
}

// Elements of a tensor that memory could hold.
int64_t count_of(const char* argument, const Shape& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) {
        if (size < 0) refuse(argument, shape, "sizes that are not negative");
        if (__builtin_mul_overflow(count, size, &count) || count > int64_t(1) << 59)
            refuse(argument, shape, "less than 2^61 bytes");
    }
    return count;
}

void check_count(const char* argument, const Tensor& tensor) {
    const int64_t count = count_of(argument, tensor.shape);
    if (int64_t(tensor.values.size()) != count)
        refuse(argument, std::to_string(tensor.values.size()) + " values",
               std::to_string(count) + " for shape " + to_string(tensor.shape));
}

// The batch of an input that fits.
int64_t check_input(const State& state, const Tensor& input) {
    const int64_t batch = input.shape.empty() ? 0 : input.shape[0];
    if (input.shape != state.input_shape(batch))
        refuse("input", input.shape,
               "shape " + to_string(state.input_shape(unknown)) + ", for which the layer is built");
    check_count("input", input);
    return batch;
}

// A rule may write there, but nothing is there.
void clear_taps_outside(const KernelLayout& l, float* packed) {
    for (int64_t r = 0; r < l.rows.output; r++)
        for (int64_t q = 0; q < l.columns.output; q++) {
            const auto is_inside = [](const Axis& axis, int64_t position, int64_t tap) {
                return tap >= axis.first_tap(position) && tap < axis.end_tap(position);
            };
            for (int64_t i = 0; i < l.rows.kernel; i++)
                for (int64_t j = 0; j < l.columns.kernel; j++) {
                    if (is_inside(l.rows, r, i) && is_inside(l.columns, q, j)) continue;
                    for (int64_t c = 0; c < l.channels; c++)
                        std::fill_n(packed + l.packed_index(r, q, i, j, c, 0), l.filters, 0.0f);
                }
        }
}

}  // namespace

Tensor LocallyConnected::operator()(const Tensor& input) {
    // Everything is refused, and the output has its memory, before weights are made.
    if (built())
        check_input(*state_, input);
    else {
        weight_shapes(input.shape);
        check_count("input", input);
    }
    Tensor output{compute_output_shape(input.shape), {}};
    output.values.resize(size_t(count_of("the output of input", output.shape)));
    if (!built()) build(input.shape);
    call(input.shape[0], input.values.data(), output.values.data());
    return output;
}

void LocallyConnected::call(int64_t batch, const float* input, float* output,
                            float* before_activation) const {
    state_->need_built("call");
    check_batch(*state_, batch);
    const int64_t inputs = product(state_->input_shape(batch)), outputs = state_->output_count(batch);
    const Memory in{"input", input, inputs}, out{"output", output, outputs},
        before{"before_activation", before_activation, outputs};
    if (batch > 0) {
        for (const Memory& given : {in, out}) check_given(given);
        check_aligned(before);
    }
    check_apart(out, {in, before});
    check_apart(before, {in});
    if (batch > 0) state_->run(batch, input, output, before_activation);
    if (state_->checked.activity_regularizer.is_none()) return;
    state_->activity_loss = batch > 0 ? state_->activity_loss_of(batch, output) : 0.0;
    state_->has_activity_loss = true;
}

std::vector<float> LocallyConnected::losses() const {
    state_->need_built("losses");
    const State& state = *state_;
    std::vector<float> values;
    if (state.has_activity_loss) values.push_back(float(state.activity_loss));
    if (!state.checked.kernel_regularizer.is_none())
        values.push_back(
            float(loss(state.checked.kernel_regularizer, constant(state.kernel(state.weights)))));
    if (state.arguments.use_bias && !state.checked.bias_regularizer.is_none())
        values.push_back(float(loss(state.checked.bias_regularizer, constant(state.bias(state.weights)))));
    return values;
}

LocallyConnected::Gradients LocallyConnected::gradients(const Tensor& input,
                                                        const Tensor& output_gradient) const {
    state_->need_built("gradients");
    const State& state = *state_;
    const int64_t batch = check_input(state, input);
    if (output_gradient.shape != state.output_shape(batch) ||
        int64_t(output_gradient.values.size()) != state.output_count(batch))
        refuse("output_gradient", shape_json(output_gradient.shape),
               "shape " + to_string(state.output_shape(batch)));
    const auto zeros = [](const Shape& shape) {
        return Tensor{shape, std::vector<float>(size_t(product(shape)))};
    };
    Gradients result{zeros(input.shape), zeros(state.layout->shape()), {}};
    if (state.arguments.use_bias) result.bias = zeros(state.layout->bias_shape());
    if (batch == 0) return result;

    const Scratch before(state.scratch, state.output_count(batch));
    state.before_gradient(batch, input.values.data(), nullptr, output_gradient.values.data(), false,
                          before.data());
    state.input_gradient(batch, before.data(), result.input.values.data());
    const bool in_place = state.layout->implementation == 1;
    const Floats packed(in_place ? 0 : state.layout->packed_count());
    float* const kernel = in_place ? result.kernel.values.data() : packed.data();
    state.weight_gradients(batch, input.values.data(), before.data(), Update::overwrite, kernel,
                           state.arguments.use_bias ? result.bias.values.data() : nullptr);
    if (!in_place)
        copy(Variable<const float>{result.kernel.shape, &*state.layout, kernel, nullptr,
                                   state.layout->packed_count(), state.layout->outside_count()},
             result.kernel.values.data());
    return result;
}

void LocallyConnected::backward(int64_t batch, const float* input, const float* before_activation,
                                const float* output_gradient, float* input_gradient) {
    state_->need_built("backward");
    check_batch(*state_, batch);
    if (batch == 0) return;
    State& state = *state_;
    const int64_t inputs = product(state.input_shape(batch)), outputs = state.output_count(batch);
    const Memory in{"input", input, inputs}, before{"before_activation", before_activation, outputs},
        gradient{"output_gradient", output_gradient, outputs},
        result{"input_gradient", input_gradient, inputs};
    for (const Memory& given : {in, gradient}) check_given(given);
    for (const Memory& optional : {before, result}) check_aligned(optional);
    check_apart(result, {in, before, gradient});
    if (trainable()) state.make_gradients();
    const Scratch before_gradient(state.scratch, outputs);
    state.before_gradient(batch, input, before_activation, output_gradient, true, before_gradient.data());
    if (input_gradient) state.input_gradient(batch, before_gradient.data(), input_gradient);
    if (!trainable()) return;
    state.weight_gradients(batch, input, before_gradient.data(), Update::accumulate,
                           state.gradients.kernel.data(),
                           state.arguments.use_bias ? state.gradients.bias.data() : nullptr);
}

std::vector<Parameter> LocallyConnected::parameters() {
    state_->need_built("parameters");
    State& state = *state_;
    std::vector<Parameter> all;
    if (!trainable()) return all;
    state.weights_change();  // by who asks for them
    state.make_gradients();
    state.add_regularizer_gradients();
    const auto add = [&](const char* name, const Floats& values, const Floats& gradient) {
        if (gradient.count() > 0) all.push_back({name, values.count(), values.data(), gradient.data()});
    };
    add("kernel", state.weights.kernel, state.gradients.kernel);
    add("kernel_outside", state.weights.outside, state.gradients.outside);
    add("bias", state.weights.bias, state.gradients.bias);
    return all;
}

void LocallyConnected::update(const std::function<void(const Parameter&)>& rule) {
    state_->need_built("update");
    if (!rule) refuse("rule", nullptr, "a function that can be called");
    State& state = *state_;
    for (const Parameter& parameter : parameters()) rule(parameter);
    state.weights_change();
    if (trainable() && state.checked.same) clear_taps_outside(*state.layout, state.weights.kernel.data());
    if (trainable()) state.apply_constraints();
    clear_gradients();
}

void LocallyConnected::clear_gradients() {
    state_->clear_gradients();
}

void LocallyConnected::apply_constraints() {
    state_->need_built("apply_constraints");
    state_->apply_constraints();
}

}  // namespace lcn
