// Layers with weights.
#include <cmath>
#include <stdexcept>

#include "activations.h"
#include "keras_object.h"
#include "model/activation.h"
#include "model/images.h"
#include "model/matrix_product.h"
#include "model/model_layer.h"
#include "shape_text.h"

namespace lcn::tool {

using layer::refuse;
using layer::shape_json;
using nlohmann::json;

namespace {

class LocallyConnectedLayer : public ModelLayer {
  public:
    explicit LocallyConnectedLayer(LocallyConnected layer) : layer_(std::move(layer)) {}

    Shape output_shape(const Shape& input) const override {
        layer_.memory(input);  // throws what the kernels would have to say of the sizes
        return layer_.compute_output_shape(input);
    }

    std::map<std::string, Shape> weight_shapes(const Shape& input) const override {
        const std::vector<Shape> shapes = layer_.weight_shapes(input);
        std::map<std::string, Shape> named = {{"kernel", shapes[0]}};
        if (shapes.size() > 1) named["bias"] = shapes[1];
        return named;
    }

    void set_weights(const Shape& input, Tensors weights) override {
        LayerArguments arguments = layer_.arguments();
        arguments.weights = {std::move(weights.at("kernel"))};
        if (arguments.use_bias) arguments.weights->push_back(std::move(weights.at("bias")));
        layer_.set_arguments(std::move(arguments));
        layer_.build(input);
    }

    Tensor run(Tensor input) override { return layer_(input); }

    const LocallyConnected* locally_connected() const override { return &layer_; }

  private:
    LocallyConnected layer_;
};

class Dense : public ModelLayer {
  public:
    Dense(int64_t units, bool use_bias, layer::LayerActivation activation)
        : units_(units), use_bias_(use_bias), activation_(std::move(activation)) {}

    Shape output_shape(const Shape& input) const override {
        if (input.size() < 2)
            refuse("input shape", shape_json(input), "2 dimensions or more, the batch first");
        Shape output = input;
        output.back() = units_;
        layer::check_activation("activation", activation_, output.size());
        return output;
    }

    std::map<std::string, Shape> weight_shapes(const Shape& input) const override {
        std::map<std::string, Shape> shapes = {{"kernel", {input.back(), units_}}};
        if (use_bias_) shapes["bias"] = {units_};
        return shapes;
    }

    void set_weights(const Shape&, Tensors weights) override { weights_ = std::move(weights); }

    Tensor run(Tensor input) override {
        Tensor output = matrix_product(input, units_, weights_.at("kernel").values.data(),
                                       use_bias_ ? weights_.at("bias").values.data() : nullptr,
                                       activation_.elementwise.value_or(Activation{}));
        return activation_.elementwise ? output : activated(std::move(output), activation_);
    }

  private:
    int64_t units_;
    bool use_bias_;
    layer::LayerActivation activation_;
    Tensors weights_;
};

// gamma (x - moving_mean) / sqrt(moving_variance + epsilon) + beta, along one axis
class BatchNormalization : public ModelLayer {
  public:
    BatchNormalization(int64_t axis, double epsilon, bool scale, bool center)
        : axis_(axis), epsilon_(epsilon), scale_(scale), center_(center) {}

    Shape output_shape(const Shape& input) const override {
        const int64_t rank = int64_t(input.size());
        if (axis_ == 0 || axis_ >= rank || axis_ <= -rank)
            refuse("axis", axis_,
                   "an axis of an input of shape " + layer::to_string(input) + " other than the batch");
        return input;
    }

    std::map<std::string, Shape> weight_shapes(const Shape& input) const override {
        const Shape shape = {input[axis_of(input)]};
        std::map<std::string, Shape> shapes = {{"moving_mean", shape}, {"moving_variance", shape}};
        if (scale_) shapes["gamma"] = shape;
        if (center_) shapes["beta"] = shape;
        return shapes;
    }

    void set_weights(const Shape& input, Tensors weights) override {
        for (size_t c = 0; c < size_t(input[axis_of(input)]); c++) {
            const double gamma = scale_ ? weights.at("gamma").values[c] : 1.0;
            const double beta = center_ ? weights.at("beta").values[c] : 0.0;
            factors_.push_back(gamma / std::sqrt(weights.at("moving_variance").values[c] + epsilon_));
            offsets_.push_back(beta - weights.at("moving_mean").values[c] * factors_[c]);
        }
    }

    Tensor run(Tensor input) override {
        size_t inner = 1;
        for (size_t axis = axis_of(input.shape) + 1; axis < input.shape.size(); axis++)
            inner *= size_t(input.shape[axis]);
        for (size_t k = 0; k < input.values.size(); k++) {
            const size_t c = k / inner % factors_.size();
            input.values[k] = float(input.values[k] * factors_[c] + offsets_[c]);
        }
        return input;
    }

  private:
    size_t axis_of(const Shape& input) const {
        return size_t(axis_ < 0 ? axis_ + int64_t(input.size()) : axis_);
    }

    int64_t axis_;
    double epsilon_;
    bool scale_, center_;
    std::vector<double> factors_, offsets_;  // by channel
};

}  // namespace

LayerPointer make_locally_connected(const std::string& class_name, LayerOptions& options) {
    const std::string config = options.own().dump();
    if (dimensions_of(class_name) == 1)
        return std::make_unique<LocallyConnectedLayer>(LocallyConnected1D::from_config(config));
    return std::make_unique<LocallyConnectedLayer>(LocallyConnected2D::from_config(config));
}

LayerPointer make_dense(const std::string&, LayerOptions& options) {
    options.ignore({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                    "activity_regularizer", "kernel_constraint", "bias_constraint"});
    return std::make_unique<Dense>(options.size("units"), options.truth("use_bias", true),
                                   activation_of(options.get("activation")));
}

LayerPointer make_batch_normalization(const std::string&, LayerOptions& options) {
    options.ignore({"momentum", "fused", "synchronized", "beta_initializer", "gamma_initializer",
                    "moving_mean_initializer", "moving_variance_initializer", "beta_regularizer",
                    "gamma_regularizer", "beta_constraint", "gamma_constraint"});
    if (options.truth("renorm", false)) refuse("renorm", true, "false");
    const json& given = options.get("axis");
    const json axis = given.is_array() && given.size() == 1 ? given[0] : given.is_null() ? json(-1) : given;
    return std::make_unique<BatchNormalization>(small_integer("axis", axis, -8),
                                                options.number("epsilon", 1e-3), options.truth("scale", true),
                                                options.truth("center", true));
}

}  // namespace lcn::tool
