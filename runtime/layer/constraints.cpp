#include "constraints.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "axis_groups.h"
#include "keras_object.h"

namespace lcn::layer {

using nlohmann::json;
using Kind = Constraint::Kind;

namespace {

const double epsilon = 1e-7;  // Keras's K.epsilon()

struct ConstraintNumber {
    const char* key;
    double Constraint::*field;
    const char* otherwise;  // as JSON
};

struct ConstraintClass {
    const char* name;
    Kind kind;
    bool has_axis;
    std::array<ConstraintNumber, 3> numbers;  // those with a key
};

constexpr ConstraintClass classes[] = {
    {"MaxNorm", Kind::max_norm, true, {{{"max_value", &Constraint::max_value, "2"}}}},
    {"UnitNorm", Kind::unit_norm, true, {}},
    {"NonNeg", Kind::non_neg, false, {}},
    {"MinMaxNorm",
     Kind::min_max_norm,
     true,
     {{{"min_value", &Constraint::min_value, "0.0"},
       {"max_value", &Constraint::max_value, "1.0"},
       {"rate", &Constraint::rate, "1.0"}}}},
};

double number(const std::string& argument, const json& value) {
    const double result = value.is_number() ? value.get<double>() : NAN;
    if (!(std::abs(result) <= std::numeric_limits<float>::max())) refuse(argument, value, "a finite number");
    return result;
}

std::vector<int64_t> parse_axes(const std::string& argument, const json& value) {
    if (value.is_null()) return {};
    const json list = value.is_array() ? value : json::array({value});
    for (const json& axis : list)
        if (!axis.is_number_integer() || axis < -8 || axis > 8)
            refuse(argument, value, "an axis or a list of axes");
    return list.get<std::vector<int64_t>>();
}

Constraint parse_parameters(const std::string& argument, const KerasObject& object,
                            const ConstraintClass& of) {
    Constraint constraint{of.kind};
    std::vector<std::string> known;
    for (const auto& [key, field, otherwise] : of.numbers) {
        if (!key) break;
        known.push_back(key);
        const json value = object.config.value(key, json::parse(otherwise));
        constraint.*field = number(argument + ".config." + key, value);
        constraint.config[key] = value;
    }
    if (of.has_axis) {
        known.push_back("axis");
        const json value = object.config.value("axis", json(0));
        constraint.axes = parse_axes(argument + ".config.axis", value);
        constraint.config["axis"] = value;
    }
    check_keys(argument, object, known);
    if (constraint.config.is_null()) constraint.config = json::object();
    return constraint;
}

// Of a weight with this many dimensions: None means all of them.
std::vector<int64_t> reduced_axes(const std::string& argument, const Constraint& constraint, size_t rank) {
    std::vector<int64_t> axes = constraint.axes;
    if (constraint.config.value("axis", json(0)).is_null())
        for (size_t axis = 0; axis < rank; axis++) axes.push_back(int64_t(axis));
    return axes_of(argument, axes, rank);
}

// What an element of a group with this norm is multiplied by.
double scale(const Constraint& c, double norm) {
    const double clipped = std::min(std::max(norm, c.min_value), c.max_value);
    switch (c.kind) {
        case Kind::max_norm:
            return std::min(norm, c.max_value) / (epsilon + norm);
        case Kind::unit_norm:
            return 1 / (epsilon + norm);
        default:
            return (c.rate * clipped + (1 - c.rate) * norm) / (epsilon + norm);
    }
}

void apply_norm(const Constraint& constraint, const Variable<float>& variable) {
    const std::vector<int64_t> axes = reduced_axes("axis", constraint, variable.shape.size());
    AxisGroups sums(variable.shape, axes), factors(variable.shape, axes);
    std::vector<double> of_group(static_cast<size_t>(sums.groups()));
    double* const groups = of_group.data();
    variable.for_each_run([&](const Run<float>& run) {
        sums.advance(run.count, [&](int64_t k, int64_t group) {
            const double value = run.first[k * run.stride];
            groups[group] += value * value;
        });
    });
    for (double& group : of_group) group = scale(constraint, std::sqrt(group));
    variable.for_each_run([&](const Run<float>& run) {
        factors.advance(run.count, [&](int64_t k, int64_t group) {
            float& value = run.first[k * run.stride];
            value = float(value * groups[group]);
        });
    });
}

void apply_own(const Constraint& constraint, const Variable<float>& variable) {
    std::vector<float> values(static_cast<size_t>(variable.count()));
    copy(constant(variable), values.data());
    constraint.own(variable.shape, values.data());
    copy(values.data(), variable);
}

}  // namespace

std::vector<int64_t> axes_of(const std::string& argument, const std::vector<int64_t>& axes, size_t rank) {
    std::vector<int64_t> result;
    for (const int64_t axis : axes) {
        const int64_t counted = axis < 0 ? axis + int64_t(rank) : axis;
        if (counted < 0 || counted >= int64_t(rank))
            refuse(argument, axes, "axes of a tensor with " + std::to_string(rank) + " dimensions");
        if (std::find(result.begin(), result.end(), counted) != result.end())
            refuse(argument, axes, "each axis once");
        result.push_back(counted);
    }
    return result;
}

Constraint parse_constraint(const std::string& argument, const Setting<ConstraintFunction>& setting) {
    if (setting.own()) {
        if (!*setting.own()) refuse(argument, nullptr, "a function that can be called");
        Constraint constraint{Kind::own};
        constraint.own = *setting.own();
        return constraint;
    }
    if (!setting.text()) return {};
    const KerasObject object =
        parse_keras_object(argument, setting_json(argument, *setting.text()), "constraints");
    if (same_name(object.name, "RadialConstraint"))
        refuse(argument, object.name, "a constraint for weights of any rank (this one needs 4 dimensions)");
    for (const ConstraintClass& of : classes)
        if (same_name(object.name, of.name)) return parse_parameters(argument, object, of);
    refuse(argument, object.name, "null, max_norm, unit_norm, min_max_norm or non_neg");
}

void check_constraint(const std::string& argument, const Constraint& constraint, const Shape& declared) {
    if (constraint.config.is_object()) reduced_axes(argument + ".config.axis", constraint, declared.size());
}

json to_json(const std::string& argument, const Constraint& constraint) {
    if (constraint.kind == Kind::own)
        throw std::logic_error(argument + ": a function of one's own cannot be written");
    for (const ConstraintClass& of : classes)
        if (of.kind == constraint.kind) return keras_object_json("constraints", of.name, constraint.config);
    return nullptr;
}

void apply_constraint(const Constraint& constraint, const Variable<float>& variable) {
    if (constraint.is_none()) return;
    if (constraint.kind == Kind::own) return apply_own(constraint, variable);
    if (constraint.kind != Kind::non_neg) return apply_norm(constraint, variable);
    variable.for_each([](float& value) { value *= float(value >= 0); });
}

}  // namespace lcn::layer
