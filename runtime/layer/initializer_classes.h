// Keras's initializer classes, their arguments and what values these may have.
#pragma once

#include "initializers.h"
#include "keras_object.h"

namespace lcn::layer {

struct InitializerClass {
    const char* name;
    const char* alias;  // of old Keras
    Initializer::Kind kind;
    const char* arguments;  // with their defaults
    const char* fixed;      // parameters that are not arguments
};

// The class of this name in any of its spellings. Throws std::invalid_argument.
const InitializerClass& initializer_class(const std::string& argument, const std::string& name);

// "VarianceScaling, GlorotUniform, ..."
std::string names_of_scaling_classes();

// The arguments of `object` with defaults for those it leaves out. Throws std::invalid_argument.
nlohmann::json read_arguments(const std::string& argument, const KerasObject& object,
                              const InitializerClass& of);

}  // namespace lcn::layer
