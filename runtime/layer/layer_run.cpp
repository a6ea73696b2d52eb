// The forward and the backward pass on memory of the caller.
#include <algorithm>
#include <stdexcept>

#include "layer_state.h"

namespace lcn::layer {

namespace {

int64_t floats_of(const Problem& problem, Operation operation) {
    int64_t bytes = 0;
    check(workspace_bytes(problem, operation, bytes));
    return (bytes + int64_t(sizeof(float)) - 1) / int64_t(sizeof(float));
}

// Calls with a workspace as large as it must be. Another thread may change how large that is between the two
// questions, by set_threads() or set_target(); not for ever.
template <typename Call>
void with_workspace(ScratchPool& scratch, const Problem& problem, Operation operation, const Call& call) {
    for (int left = 1000;; left--) {
        const int64_t floats = floats_of(problem, operation);
        const Scratch space(scratch, floats);
        const Status s = call(Workspace{space.data(), floats * int64_t(sizeof(float))});
        const bool too_small =
            s.code == Code::workspace_too_small || (s.code == Code::null_pointer && !space.data());
        if (!too_small || left == 0) return check(s);
    }
}

Variable<const float> plain(const Shape& shape, const float* values) {
    return {shape, nullptr, values, nullptr, product(shape), 0};
}

}  // namespace

LayerMemory State::memory(const KernelLayout& l, int64_t batch) const {
    const Problem of = problem(l, batch);
    const auto bytes = [](int64_t floats) { return floats * int64_t(sizeof(float)); };
    const int64_t kernel = bytes(l.packed_count()), outside = bytes(l.outside_count());
    const int64_t bias = arguments.use_bias ? bytes(product(l.bias_shape())) : 0;
    const int64_t output = bytes(batch * l.rows.output * l.columns.output * l.filters);
    const int64_t forward = bytes(floats_of(of, Operation::forward));
    const int64_t backward =
        bytes(std::max(floats_of(of, Operation::backward_input), floats_of(of, Operation::backward_weights)));
    const bool has_activity = !checked.activity_regularizer.is_none();
    return {kernel + outside + bias, kernel + bias + (checked.kernel_regularizer.is_none() ? 0 : outside),
            forward + (activation_is_elementwise() ? 0 : output),
            forward + backward + (has_activity ? 4 : 2) * output};
}

Problem State::problem(const KernelLayout& l, int64_t batch) const {
    Problem problem;
    problem.batch = batch;
    problem.input_rows = l.rows.input;
    problem.input_columns = l.columns.input;
    problem.channels = l.channels;
    problem.filters = l.filters;
    problem.kernel_rows = l.rows.kernel;
    problem.kernel_columns = l.columns.kernel;
    problem.stride_rows = l.rows.stride;
    problem.stride_columns = l.columns.stride;
    problem.padding = checked.same ? Padding::same : Padding::valid;
    problem.data_format = l.channels_first ? DataFormat::channels_first : DataFormat::channels_last;
    problem.activation = checked.activation.elementwise.value_or(Activation{});
    return problem;
}

void State::forward_with(const Problem& problem, const float* input, float* output, float* before) const {
    if (const std::optional<Queue> queue = device())
        return forward_on(*queue, problem, input, output, before);
    const float* const bias = arguments.use_bias ? weights.bias.data() : nullptr;
    with_workspace(scratch, problem, Operation::forward, [&](Workspace space) {
        return forward(problem, input, weights.kernel.data(), bias, output, before, space);
    });
}

void State::run(int64_t batch, const float* input, float* output, float* before) const {
    const Problem wanted = problem(*layout, batch);
    if (activation_is_elementwise()) return forward_with(wanted, input, output, before);
    const Scratch own(scratch, before ? 0 : output_count(batch));
    float* const values = before ? before : own.data();
    forward_with(wanted, input, values, nullptr);
    activate(checked.activation, output_shape(batch), values, output);
}

double State::activity_loss_of(int64_t batch, const float* output) const {
    return loss(checked.activity_regularizer, plain(output_shape(batch), output)) / double(batch);
}

// result = output_gradient + the gradient of the activity's loss
void State::add_activity_gradient(int64_t batch, const float* input, const float* output_gradient,
                                  float* result) const {
    const int64_t count = output_count(batch);
    const Scratch output(scratch, count);
    run(batch, input, output.data(), nullptr);
    std::fill_n(result, count, 0.0f);
    const Shape shape = output_shape(batch);
    add_gradient(checked.activity_regularizer, plain(shape, output.data()),
                 Variable<float>{shape, nullptr, result, nullptr, count, 0});
    const float share = 1.0f / float(batch);
    for (int64_t k = 0; k < count; k++) result[k] = output_gradient[k] + share * result[k];
}

void State::before_gradient(int64_t batch, const float* input, const float* before,
                            const float* output_gradient, bool with_activity, float* result) const {
    const int64_t count = output_count(batch);
    const bool adds = with_activity && !checked.activity_regularizer.is_none();
    const Scratch sum(scratch, adds ? count : 0);
    if (adds) add_activity_gradient(batch, input, output_gradient, sum.data());
    const float* const gradient = adds ? sum.data() : output_gradient;
    const Scratch again(scratch, before ? 0 : count);
    if (!before) {
        Problem linear = problem(*layout, batch);
        linear.activation = {};
        forward_with(linear, input, again.data(), nullptr);
        before = again.data();
    }
    if (activation_is_elementwise())
        check(lcn::activation_gradient(*checked.activation.elementwise, count, before, gradient, result));
    else
        activation_gradient(checked.activation, output_shape(batch), before, gradient, result);
}

void State::input_gradient(int64_t batch, const float* before_gradient, float* result) const {
    const Problem of = problem(*layout, batch);
    if (const std::optional<Queue> queue = device())
        return input_gradient_on(*queue, of, before_gradient, result);
    with_workspace(scratch, of, Operation::backward_input, [&](Workspace space) {
        return backward_input(of, before_gradient, weights.kernel.data(), result, space);
    });
}

void State::weight_gradients(int64_t batch, const float* input, const float* before_gradient, Update update,
                             float* kernel, float* bias) const {
    const Problem of = problem(*layout, batch);
    with_workspace(scratch, of, Operation::backward_weights, [&](Workspace space) {
        return backward_weights(of, input, before_gradient, kernel, bias, update, space);
    });
}

}  // namespace lcn::layer
