// The initial values of kernel and bias.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "fans.h"
#include "variable.h"

namespace lcn::layer {

struct Initializer {
    enum class Kind { constant, uniform, normal, truncated_normal, scaling, orthogonal, identity, own };

    Kind kind;
    std::string class_name;     // Keras's; empty: a function of one's own
    nlohmann::json config;      // the arguments of the class, all of them, as get_config writes them
    nlohmann::json parameters;  // the same and those that the class fixes (GlorotUniform: scale, mode, ...)
    Tensor value = {};          // constant: one element, or one for each of the weight
    bool is_none = false;       // None, which fills as glorot_uniform
    bool per_position = false;  // scaling: with the fans of one position
    InitializerFunction own = {};
};

// Takes every name and dictionary that Keras does, and those of per_position. Names may differ from Keras's
// in case and underscores. Throws std::invalid_argument naming the argument and its value.
Initializer parse_initializer(const std::string& argument, const Setting<InitializerFunction>& setting);

// Refuses, with std::invalid_argument, what Keras refuses to make a weight of this shape with.
void check_initializer(const std::string& argument, const Initializer& initializer, const Shape& declared);

// As the last Keras 2 writes it. That of per_position becomes the VarianceScaling that gives this weight the
// same distribution in Keras, for which the shape must be known: `declared` may be null for all others.
// Throws std::logic_error naming the argument: no shape, or a function of one's own.
nlohmann::json to_json(const std::string& argument, const Initializer& initializer, const Shape* declared,
                       Fans of_position);

// Sets every element, in Keras's order, after check_initializer. The same seed and declared shape give the
// same values whatever the layout; without a seed they differ each time. Holds a second copy of the weight
// only for orthogonal (in double) and a function of one's own.
void fill(const Initializer& initializer, const Variable<float>& variable, Fans of_position);

}  // namespace lcn::layer
