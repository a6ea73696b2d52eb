// The public class: arguments, shapes and weights.
#include "lcn/layer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "config.h"
#include "keras_object.h"
#include "layer_state.h"
#include "lcn/tuning_file.h"
#include "shape_text.h"

namespace lcn {

using namespace layer;

namespace {

// A tensor's shape and its number of values.
void check_tensor(const char* argument, const Tensor& tensor, const Shape& shape) {
    if (tensor.shape != shape) refuse(argument, shape_json(tensor.shape), "shape " + to_string(shape));
    if (int64_t(tensor.values.size()) != product(shape))
        refuse(argument, std::to_string(tensor.values.size()) + " values",
               std::to_string(product(shape)) + " for shape " + to_string(shape));
}

void check_weights(const char* argument, const std::vector<Tensor>& tensors,
                   const std::vector<Shape>& shapes) {
    if (tensors.size() != shapes.size())
        refuse(argument, std::to_string(tensors.size()) + " tensors",
               shapes.size() == 2 ? "kernel and bias" : "the kernel alone, use_bias is false");
    const char* const names[] = {"[0], kernel", "[1], bias"};
    for (size_t k = 0; k < shapes.size(); k++)
        check_tensor((std::string(argument) + names[k]).c_str(), tensors[k], shapes[k]);
}

void set_values(State& state, const std::vector<Tensor>& tensors) {
    state.weights_change();
    copy(tensors[0].values.data(), state.kernel(state.weights));
    if (state.arguments.use_bias) copy(tensors[1].values.data(), state.bias(state.weights));
}

}  // namespace

LocallyConnected::LocallyConnected(int dimensions, LayerArguments arguments)
    : state_(std::make_unique<State>(dimensions, std::move(arguments))) {
    environment_tuning();
}
LocallyConnected::LocallyConnected(FromConfig, int dimensions, const std::string& config)
    : LocallyConnected(dimensions, arguments_from_config(dimensions, config)) {}
LocallyConnected::LocallyConnected(LocallyConnected&&) noexcept = default;
LocallyConnected& LocallyConnected::operator=(LocallyConnected&&) noexcept = default;
LocallyConnected::~LocallyConnected() = default;

const LayerArguments& LocallyConnected::arguments() const {
    return state_->arguments;
}

const std::string& LocallyConnected::name() const {
    return *state_->arguments.name;
}

void LocallyConnected::set_arguments(LayerArguments arguments) {
    if (built() || state_->in_build)
        throw std::logic_error("set_arguments: layer " + name() + " is built; only trainable can change now");
    if (!arguments.name) arguments.name = state_->arguments.name;
    state_ = std::make_unique<State>(state_->checked.dimensions, std::move(arguments));
}

bool LocallyConnected::trainable() const {
    return state_->arguments.trainable;
}

void LocallyConnected::set_trainable(bool trainable) {
    state_->arguments.trainable = trainable;
}

std::string LocallyConnected::get_config() const {
    return config_of(state_->arguments, state_->checked, state_->known_layout());
}

Shape LocallyConnected::compute_output_shape(const Shape& input_shape) const {
    return output_shape(state_->checked, input_shape);
}

LayerMemory LocallyConnected::memory(const Shape& input_shape) const {
    const KernelLayout layout = kernel_layout(state_->checked, input_shape);
    const int64_t batch = input_shape[0] == unknown ? 1 : input_shape[0];
    const int64_t output = layout.rows.output * layout.columns.output * layout.filters;
    if (batch > (int64_t(1) << 57) / std::max<int64_t>(output, 1))
        refuse("input_shape", input_shape, "an output of at most 2^57 elements");
    return state_->memory(layout, batch);
}

void LocallyConnected::build(const Shape& input_shape) {
    if (built() || state_->in_build) throw std::logic_error("build: layer " + name() + " is built already");
    const std::optional<std::vector<Tensor>>& given = state_->arguments.weights;
    if (given) check_weights("weights", *given, weight_shapes(input_shape));
    state_->build(input_shape);
    if (!given) return;
    set_values(*state_, *given);
    state_->arguments.weights.reset();  // not held twice
}

bool LocallyConnected::built() const {
    return state_->layout.has_value();
}

std::vector<Shape> LocallyConnected::weight_shapes() const {
    state_->need_built("weight_shapes");
    return state_->weight_shapes(*state_->layout);
}

std::vector<Shape> LocallyConnected::weight_shapes(const Shape& input_shape) const {
    return state_->weight_shapes(kernel_layout(state_->checked, input_shape));
}

int64_t LocallyConnected::count_params() const {
    state_->need_built("count_params");
    int64_t count = 0;
    for (const Shape& shape : weight_shapes()) count += product(shape);
    return count;
}

std::vector<Tensor> LocallyConnected::get_weights() const {
    state_->need_built("get_weights");
    std::vector<Tensor> tensors;
    for (Shape& shape : weight_shapes())
        tensors.push_back({shape, std::vector<float>(size_t(product(shape)))});
    copy(constant(state_->kernel(state_->weights)), tensors[0].values.data());
    if (state_->arguments.use_bias) copy(constant(state_->bias(state_->weights)), tensors[1].values.data());
    return tensors;
}

void LocallyConnected::set_weights(const std::vector<Tensor>& weights) {
    state_->need_built("set_weights");
    check_weights("weights", weights, weight_shapes());
    set_values(*state_, weights);
}

void LocallyConnected::copy_weights(const LocallyConnected& other) {
    state_->need_built("copy_weights");
    other.state_->need_built("copy_weights");
    KernelLayout given = *other.state_->layout;
    given.implementation = state_->layout->implementation;
    if (given != *state_->layout || other.state_->checked.same != state_->checked.same ||
        other.state_->arguments.use_bias != state_->arguments.use_bias)
        refuse("other", other.name(),
               "a layer with the input, the sizes, the padding and the bias of " + name());
    const auto copy_all = [](const Floats& from, const Floats& to) {
        std::copy_n(from.data(), from.count(), to.data());
    };
    state_->weights_change();
    copy_all(other.state_->weights.kernel, state_->weights.kernel);
    copy_all(other.state_->weights.bias, state_->weights.bias);
}

}  // namespace lcn
