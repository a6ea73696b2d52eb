// One layer of a model, in inference.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "lcn/safetensors.h"
#include "model/layer_options.h"

namespace lcn::tool {

class ModelLayer {
  public:
    virtual ~ModelLayer() = default;

    // All sizes are known and positive, the batch too. Throws std::invalid_argument when the layer does not
    // take such an input.
    virtual Shape output_shape(const Shape& input) const = 0;

    // Of the weights by Keras's names ("kernel"), for an input that output_shape() takes.
    virtual std::map<std::string, Shape> weight_shapes(const Shape&) const { return {}; }

    // Takes over exactly those weights, for inputs of this shape. Called once, before run().
    virtual void set_weights(const Shape&, Tensors) {}

    virtual Tensor run(Tensor input) = 0;

    // Null when the layer is another.
    virtual const LocallyConnected* locally_connected() const { return nullptr; }
};

using LayerPointer = std::unique_ptr<ModelLayer>;

// Each throws std::invalid_argument naming the key; what the options hold beyond that is checked by the
// caller.
using MakeLayer = LayerPointer (*)(const std::string& class_name, LayerOptions& options);

LayerPointer make_locally_connected(const std::string& class_name, LayerOptions& options);
LayerPointer make_dense(const std::string& class_name, LayerOptions& options);
LayerPointer make_batch_normalization(const std::string& class_name, LayerOptions& options);
LayerPointer make_activation(const std::string& class_name, LayerOptions& options);
LayerPointer make_activation_layer(const std::string& class_name, LayerOptions& options);
LayerPointer make_identity(const std::string& class_name, LayerOptions& options);
LayerPointer make_flatten(const std::string& class_name, LayerOptions& options);
LayerPointer make_reshape(const std::string& class_name, LayerOptions& options);
LayerPointer make_permute(const std::string& class_name, LayerOptions& options);
LayerPointer make_zero_padding(const std::string& class_name, LayerOptions& options);
LayerPointer make_cropping(const std::string& class_name, LayerOptions& options);
LayerPointer make_up_sampling(const std::string& class_name, LayerOptions& options);
LayerPointer make_pooling(const std::string& class_name, LayerOptions& options);
LayerPointer make_global_pooling(const std::string& class_name, LayerOptions& options);

// The layer of a class; null when the class is not known. Refuses keys that the class does not have.
LayerPointer make_layer(const std::string& class_name, LayerOptions& options);

// The classes that make_layer() knows, for messages: "Activation, AlphaDropout, ...".
std::string known_layers();

// Their product; throws std::invalid_argument when so many floats are more than this machine's memory.
int64_t checked_count(const Shape& shape);

}  // namespace lcn::tool
