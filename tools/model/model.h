// A model of Keras whose layers are one chain, in inference.
#pragma once

#include <functional>

#include "lcn/safetensors.h"
#include "model/model_config.h"
#include "model/model_layer.h"

namespace lcn::tool {

struct LocallyConnectedPart {
    std::string path;
    const LocallyConnected* layer;
    Shape input_shape;  // with the batch
};

class Model {
  public:
    // Takes the metadata entry `model_config` of a converted file. Throws Refused, naming the layer.
    explicit Model(const std::string& config);

    // Sets the shape of the input, with the batch, and returns the shapes of all tensors that the model
    // needs, by name ("<layer>/kernel"). Throws std::runtime_error when the model does not take such an
    // input, Refused when it takes none.
    std::map<std::string, Shape> tensor_shapes(const Shape& input);

    // The shape that the configuration gives the input, for one image unless it says how many. Throws Refused
    // when it leaves other sizes open.
    Shape declared_input() const;

    // The layers that lcn is for, in their order, once tensor_shapes() was called.
    std::vector<LocallyConnectedPart> locally_connected() const;

    // Reads every tensor of tensor_shapes(), which must have been called.
    void set_weights(const std::function<Tensor(const std::string& name)>& read);

    // Once, on an input of the shape given to tensor_shapes().
    Tensor run(Tensor input);

  private:
    struct Part {
        LayerEntry entry;
        std::optional<Shape> declared_shape;  // of the input
        LayerPointer layer;
        Shape input_shape;
    };

    void check_declared(const Part& part, const Shape& input) const;

    std::vector<Part> parts_;
};

}  // namespace lcn::tool
