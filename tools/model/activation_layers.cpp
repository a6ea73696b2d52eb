#include <stdexcept>

#include "keras_object.h"
#include "model/activation.h"
#include "model/matrix_product.h"
#include "model/model_layer.h"
#include "shape_text.h"

namespace lcn::tool {

using nlohmann::json;

namespace {

class ActivationLayer : public ModelLayer {
  public:
    explicit ActivationLayer(layer::LayerActivation activation) : activation_(std::move(activation)) {}

    Shape output_shape(const Shape& input) const override {
        if (!activation_.elementwise && input.size() < 2)  // so Keras
            layer::refuse("input shape", layer::shape_json(input), "2 dimensions or more, the batch first");
        layer::check_activation("activation", activation_, input.size());
        return input;
    }
    Tensor run(Tensor input) override { return activated(std::move(input), activation_); }

  private:
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
    layer::activate(activation, input.shape, input.values.data(), input.values.data());
    return input;
}

LayerPointer make_activation(const std::string&, LayerOptions& options) {
    const json& activation = options.get("activation");
    if (activation.is_null()) throw std::invalid_argument("activation is missing");
    return std::make_unique<ActivationLayer>(activation_of(activation));
}

// Keras takes the same layers as activations.
LayerPointer make_activation_layer(const std::string& class_name, LayerOptions& options) {
    return std::make_unique<ActivationLayer>(
        activation_of({{"class_name", class_name}, {"config", options.own()}}));
}

}  // namespace lcn::tool
