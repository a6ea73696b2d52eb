#include "regularizers.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "keras_object.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

struct Class {
    const char* name;
    std::vector<std::string> keys;
    float named;      // the factors when it is given as a name
    float otherwise;  // the factors that a dictionary leaves out
};

// The string l1_l2 stands for a function with other defaults than the class it returns.
const Class classes[] = {
    {"L1", {"l1", "l"}, 0.01f, 0.01f}, {"L2", {"l2", "l"}, 0.01f, 0.01f}, {"L1L2", {"l1", "l2"}, 0.01f, 0.0f}};

float factor(const std::string& argument, const KerasObject& object, const char* key, const Class& of) {
    if (object.is_name) return same_name(object.name, "l1_l2") && object.name == "L1L2" ? of.otherwise : of.named;
    const bool legacy = object.config.contains("l") && !object.config.contains(key);
    return config_number(argument, object, legacy ? "l" : key, of.otherwise);
}

// Calls visit(values, count) for the arrays that hold the variable, in any order of elements.
template <typename Float, typename Visit>
void for_each_array(const Variable<Float>& variable, Visit visit) {
    visit(variable.packed, variable.packed_count);
    if (variable.outside) visit(variable.outside, variable.outside_count);
}

// Sums of |v| and v^2 in blocks whose float sums are exact enough, added in double.
struct Sums {
    double magnitudes = 0, squares = 0;

    void add(const float* values, int64_t count) {
        for (int64_t k = 0; k < count; k++) {
            magnitudes += std::abs(values[k]);
            squares += double(values[k]) * values[k];
        }
    }
};

std::vector<float> in_keras_order(const Variable<const float>& variable) {
    std::vector<float> values(static_cast<size_t>(variable.count()));
    copy(variable, values.data());
    return values;
}

}  // namespace

Regularizer parse_regularizer(const std::string& argument, const Setting<RegularizerFunction>& setting) {
    Regularizer regularizer;
    regularizer.own = setting.own();
    if (!setting.text()) return regularizer;
    const KerasObject object =
        parse_keras_object(argument, setting_json(argument, *setting.text()), "regularizers");
    if (same_name(object.name, "OrthogonalRegularizer"))
        refuse(argument, object.name, "a regularizer for weights of any rank (this one needs a matrix)");
    for (const Class& of : classes) {
        if (!same_name(object.name, of.name)) continue;
        check_keys(argument, object, of.keys);
        regularizer.class_name = of.name;
        const bool has_l1 = of.keys.front() == "l1", has_l2 = of.keys.back() == "l2" || !has_l1;
        if (has_l1) regularizer.l1 = factor(argument, object, "l1", of);
        if (has_l2) regularizer.l2 = factor(argument, object, "l2", of);
        return regularizer;
    }
    refuse(argument, object.name, "null, l1, l2 or l1_l2");
}

json to_json(const std::string& argument, const Regularizer& regularizer) {
    if (regularizer.own) throw std::logic_error(argument + ": a function of one's own cannot be written");
    if (regularizer.is_none()) return nullptr;
    json config;
    if (regularizer.class_name != "L2") config["l1"] = regularizer.l1;
    if (regularizer.class_name != "L1") config["l2"] = regularizer.l2;
    return keras_object_json("regularizers", regularizer.class_name, config);
}

double loss(const Regularizer& regularizer, const Variable<const float>& variable) {
    if (regularizer.own) return regularizer.own->loss(variable.shape, in_keras_order(variable).data());
    Sums sums;
    for_each_array(variable, [&](const float* values, int64_t count) { sums.add(values, count); });
    return double(regularizer.l1) * sums.magnitudes + double(regularizer.l2) * sums.squares;
}

void add_gradient(const Regularizer& regularizer, const Variable<const float>& variable,
                  const Variable<float>& gradient) {
    if (regularizer.own) {
        std::vector<float> sum = in_keras_order(constant(gradient));
        regularizer.own->add_gradient(variable.shape, in_keras_order(variable).data(), sum.data());
        return copy(sum.data(), gradient);
    }
    const auto add = [&](const float* values, float* sums, int64_t count) {
        for (int64_t k = 0; k < count; k++) {
            const float sign = float(values[k] > 0) - float(values[k] < 0);
            sums[k] += regularizer.l1 * sign + 2 * regularizer.l2 * values[k];
        }
    };
    add(variable.packed, gradient.packed, variable.packed_count);
    if (variable.outside) add(variable.outside, gradient.outside, variable.outside_count);
}

}  // namespace lcn::layer
