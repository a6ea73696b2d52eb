// The losses that weights and outputs bring.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "variable.h"

namespace lcn::layer {

// loss(v) = l1 sum |v| + l2 sum v^2
struct Regularizer {
    std::string class_name;  // Keras's: L1, L2, L1L2; empty: None, or a function of one's own
    float l1 = 0, l2 = 0;
    std::optional<RegularizerFunction> own = {};

    bool is_none() const { return class_name.empty() && !own; }
};

// Takes None and every name and dictionary that Keras does. Throws std::invalid_argument naming the argument.
Regularizer parse_regularizer(const std::string& argument, const Setting<RegularizerFunction>& setting);

// As the last Keras 2 writes it. Throws std::logic_error for a function of one's own.
nlohmann::json to_json(const std::string& argument, const Regularizer& regularizer);

double loss(const Regularizer& regularizer, const Variable<const float>& variable);

// gradient += d loss / d variable; both lie in memory in the same way.
void add_gradient(const Regularizer& regularizer, const Variable<const float>& variable,
                  const Variable<float>& gradient);

}  // namespace lcn::layer
