// The activations that Keras knows, by name and as layers.
#pragma once

#include "activations.h"
#include "keras_object.h"

namespace lcn::layer {

// What a name of Keras's functions means; nothing when there is none of this name.
std::optional<LayerActivation> named_activation(const std::string& name);

// What one of Keras's activation layers means (ReLU, LeakyReLU, ELU, ThresholdedReLU, Softmax), given by the
// name of its class or as a dictionary; nothing when there is none of this class. Throws
// std::invalid_argument naming the argument.
std::optional<LayerActivation> activation_layer(const std::string& argument, const KerasObject& layer);

// All of them, for messages.
std::string activation_names();

}  // namespace lcn::layer
