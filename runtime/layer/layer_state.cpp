#include "layer_state.h"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "keras_object.h"

namespace lcn::layer {

namespace {

// locally_connected2d, locally_connected2d_1, ...: Keras counts the layers without a name of their own.
std::string next_name(int dimensions) {
    static std::atomic<int64_t> made[2];
    const int64_t number = made[dimensions - 1]++;
    const std::string name = "locally_connected" + std::to_string(dimensions) + "d";
    return number == 0 ? name : name + "_" + std::to_string(number);
}

}  // namespace

void check(const Status& status) {
    if (status.ok()) return;
    const Code code = status.code;
    if (code == Code::unknown_target || code == Code::unusable_target || code == Code::device_failed ||
        code == Code::no_device_memory)
        throw std::runtime_error(status.message);
    throw std::invalid_argument(status.message);
}

State::State(int dimensions, LayerArguments given)
    : arguments(std::move(given)), checked(check_arguments(dimensions, arguments)) {
    if (!arguments.name) arguments.name = next_name(dimensions);
}

Variable<float> State::kernel_variable(const KernelLayout& layout, const Weights& of) {
    return {layout.shape(),        &layout, of.kernel.data(), of.outside.data(), layout.packed_count(),
            layout.outside_count()};
}

Variable<float> State::bias_variable(const KernelLayout& layout, const Weights& of) {
    const Shape shape = layout.bias_shape();
    return {shape, nullptr, of.bias.data(), nullptr, product(shape), 0};
}

std::optional<KernelLayout> State::known_layout() const {
    if (layout || !checked.batch_input_shape) return layout;
    const Shape& shape = *checked.batch_input_shape;
    if (std::find(shape.begin() + 1, shape.end(), unknown) != shape.end()) return {};
    return kernel_layout(checked, shape);
}

void State::need_built(const char* method) const {
    if (!layout)
        throw std::logic_error(std::string(method) + ": layer " + *arguments.name +
                               " has no weights yet: build it, or call it on a tensor");
}

void State::build(const Shape& input_shape) {
    const KernelLayout built = kernel_layout(checked, input_shape);
    check_initializer("kernel_initializer", checked.kernel_initializer, built.shape());
    check_constraint("kernel_constraint", checked.kernel_constraint, built.shape());
    if (arguments.use_bias) {
        check_initializer("bias_initializer", checked.bias_initializer, built.bias_shape());
        check_constraint("bias_constraint", checked.bias_constraint, built.bias_shape());
    }
    Weights made = make_weights(built);
    if (checked.same) std::fill_n(made.kernel.data(), made.kernel.count(), 0.0f);
    if (!arguments.weights) {
        // Initializers of one's own must leave the layer alone.
        struct Building {
            bool& now;
            explicit Building(bool& flag) : now(flag) { now = true; }
            ~Building() { now = false; }
        } const building(in_build);
        initialize(built, made);
    }
    weights_change();
    weights = std::move(made);
    layout = built;
}

Weights State::make_weights(const KernelLayout& l) const try {
    return {Floats(l.packed_count()), Floats(l.outside_count()),
            Floats(arguments.use_bias ? product(l.bias_shape()) : 0)};
} catch (const std::bad_alloc&) {
    const int64_t floats = l.packed_count() + l.outside_count() + product(l.bias_shape());
    throw std::runtime_error("no memory for the weights of layer " + *arguments.name + ", " +
                             std::to_string(floats * int64_t(sizeof(float))) + " bytes");
}

void State::initialize(const KernelLayout& l, const Weights& made) const {
    fill(checked.kernel_initializer, kernel_variable(l, made), position_kernel_fans(l));
    if (arguments.use_bias) fill(checked.bias_initializer, bias_variable(l, made), position_bias_fans(l));
}

std::vector<Shape> State::weight_shapes(const KernelLayout& of) const {
    std::vector<Shape> shapes = {of.shape()};
    if (arguments.use_bias) shapes.push_back(of.bias_shape());
    return shapes;
}

Shape State::input_shape(int64_t batch) const {
    Shape shape = {batch, layout->rows.input};
    if (layout->dimensions == 2) shape.push_back(layout->columns.input);
    shape.insert(layout->channels_first ? shape.begin() + 1 : shape.end(), layout->channels);
    return shape;
}

Shape State::output_shape(int64_t batch) const {
    return layer::output_shape(checked, input_shape(batch));
}

int64_t State::output_count(int64_t batch) const {
    return batch * layout->rows.output * layout->columns.output * layout->filters;
}

}  // namespace lcn::layer
