// get_config and from_config: the arguments of a layer as Keras's JSON.
#pragma once

#include <string>

#include "arguments.h"

namespace lcn::layer {

// The arguments that a configuration gives: the dictionary of get_config, or a layer's ({"class_name": ...,
// "config": {...}}, old or new form). Throws std::invalid_argument naming the key and its value.
LayerArguments arguments_from_config(int dimensions, const std::string& config);

// As Keras's get_config, in its order of keys. `layout` is empty until the input is known. Throws
// std::logic_error when an argument is a function of one's own.
std::string config_of(const LayerArguments& arguments, const CheckedArguments& layer,
                      const std::optional<KernelLayout>& layout);

}  // namespace lcn::layer
