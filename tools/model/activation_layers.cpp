#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "keras_object.h"
#include "model/activation.h"
#include "model/matrix_product.h"
#include "model/model_layer.h"
#include "model/permuted.h"
#include "shape_text.h"

namespace lcn::tool {

using nlohmann::json;

namespace {

class ActivationLayer : public ModelLayer {
  public:
    explicit ActivationLayer(layer::LayerActivation activation) : activation_(std::move(activation)) {}

    Shape output_shape(const Shape& input) const override {
        if (!activation_.elementwise && input.size() < 2)
            layer::refuse("input shape", layer::shape_json(input), "2 dimensions or more, the batch first");
        return input;
    }
    Tensor run(Tensor input) override { return activated(std::move(input), activation_); }

  private:
    layer::LayerActivation activation_;
};

// Over any axis; the activation of this name knows the last one alone.
class Softmax : public ModelLayer {
  public:
    Softmax(int64_t axis) : axis_(axis), activation_(activation_of("softmax")) {}

    Shape output_shape(const Shape& input) const override {
        const int64_t rank = int64_t(input.size());
        if (rank < 2 || axis_ >= rank || axis_ < -rank)
            layer::refuse("axis", axis_, "an axis of an input of shape " + layer::to_string(input));
        return input;
    }

    Tensor run(Tensor input) override {
        std::vector<size_t> order(input.shape.size());
        std::iota(order.begin(), order.end(), size_t(0));
        const size_t axis = size_t(axis_ < 0 ? axis_ + int64_t(order.size()) : axis_);
        std::swap(order[axis], order.back());  // the way there and the way back
        return permuted(activated(permuted(input, order), activation_), order);
    }

  private:
    int64_t axis_;
    layer::LayerActivation activation_;
};

}  // namespace

layer::LayerActivation activation_of(const json& value) {
    if (value.is_null()) return layer::parse_activation("activation", nullptr);
    if (!value.is_string() && !value.is_object())
        layer::refuse("activation", value, "null, a name or a dictionary");
    return layer::parse_activation("activation", value.is_object() ? value.dump() : value.get<std::string>());
}

Tensor activated(Tensor input, const layer::LayerActivation& activation) {
    if (activation.elementwise) return activated(std::move(input), *activation.elementwise);
    Tensor output{input.shape, std::vector<float>(input.values.size())};
    layer::activate(activation, input.shape, input.values.data(), output.values.data());
    return output;
}

LayerPointer make_activation(const std::string&, LayerOptions& options) {
    const json& activation = options.get("activation");
    if (activation.is_null()) throw std::invalid_argument("activation is missing");
    return std::make_unique<ActivationLayer>(activation_of(activation));
}

// Keras takes the same layers as activations.
LayerPointer make_activation_layer(const std::string& class_name, LayerOptions& options) {
    return std::make_unique<ActivationLayer>(
        activation_of({{"class_name", class_name}, {"config", options.all()}}));
}

LayerPointer make_softmax(const std::string&, LayerOptions& options) {
    const json& given = options.get("axis");
    const json axis = given.is_array() && given.size() == 1 ? given[0] : given.is_null() ? json(-1) : given;
    return std::make_unique<Softmax>(small_integer("axis", axis, -8));
}

}  // namespace lcn::tool
