// What an update does to the weights at its end.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "variable.h"

namespace lcn::layer {

// With norm = sqrt(sum of v^2 over `axes`) and epsilon = 1e-7, v becomes
//
//   MaxNorm     v clip(norm, 0, max) / (epsilon + norm)
//   UnitNorm    v / (epsilon + norm)
//   MinMaxNorm  v (rate clip(norm, min, max) + (1 - rate) norm) / (epsilon + norm)
//   NonNeg      v where v >= 0, else 0
struct Constraint {
    enum class Kind { none, max_norm, unit_norm, min_max_norm, non_neg, own };

    Kind kind = Kind::none;
    double min_value = 0, max_value = 0, rate = 1;
    std::vector<int64_t> axes = {};
    nlohmann::json config = {};  // the arguments of the class, all of them, as get_config writes them
    ConstraintFunction own = {};

    bool is_none() const { return kind == Kind::none; }
};

// Takes None and every name and dictionary that Keras does. Throws std::invalid_argument naming the argument.
Constraint parse_constraint(const std::string& argument, const Setting<ConstraintFunction>& setting);

// Refuses, with std::invalid_argument, axes that a weight of this shape does not have.
void check_constraint(const std::string& argument, const Constraint& constraint, const Shape& declared);

// As the last Keras 2 writes it. Throws std::logic_error for a function of one's own.
nlohmann::json to_json(const std::string& argument, const Constraint& constraint);

// After check_constraint. Norms are those of the variable as Keras declares it.
void apply_constraint(const Constraint& constraint, const Variable<float>& variable);

}  // namespace lcn::layer
