#include "regularizers.h"

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "keras_object.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

struct Class {
    const char* spelled;  // "l1_l2" is a function of Keras with other defaults than the class it returns
    const char* name;
    bool has_l1, has_l2;
    float otherwise;  // a factor that is not given
};

const Class classes[] = {{"l1", "L1", true, false, 0.01f},
                         {"l2", "L2", false, true, 0.01f},
                         {"l1_l2", "L1L2", true, true, 0.01f},
                         {"L1L2", "L1L2", true, true, 0.0f}};

bool is_spelled(const Class& of, const std::string& name) {
    return of.has_l1 && of.has_l2 ? name == of.spelled : same_name(name, of.spelled);
}

Regularizer parse_factors(const std::string& argument, const KerasObject& object, const Class& of) {
    Regularizer regularizer{of.name};
    std::vector<std::string> known;
    const auto read = [&](const char* key, float& factor) {
        known.push_back(key);
        factor = config_number(argument, object, object.config.contains(key) ? key : "l", of.otherwise);
    };
    if (of.has_l1) read("l1", regularizer.l1);
    if (of.has_l2) read("l2", regularizer.l2);
    if (known.size() == 1) known.push_back("l");  // an older name of either
    check_keys(argument, object, known);
    return regularizer;
}

// Calls visit(values, count) for the arrays that hold the variable, in any order of elements.
template <typename Float, typename Visit>
void for_each_array(const Variable<Float>& variable, Visit visit) {
    visit(variable.packed, variable.packed_count);
    if (variable.outside) visit(variable.outside, variable.outside_count);
}

// Sums of |v| and v^2, in double and in several chains, which vectors can hold.
struct Sums {
    static constexpr int chains = 8;
    double magnitudes[chains] = {}, squares[chains] = {};

    void add(const float* values, int64_t count) {
        int64_t k = 0;
        for (; k + chains <= count; k += chains)
            for (int c = 0; c < chains; c++) add_one(values[k + c], c);
        for (; k < count; k++) add_one(values[k], 0);
    }
    void add_one(double value, int chain) {
        magnitudes[chain] += std::abs(value);
        squares[chain] += value * value;
    }
};

double total(const double (&chains)[Sums::chains]) {
    return std::accumulate(std::begin(chains), std::end(chains), 0.0);
}

std::vector<float> in_keras_order(const Variable<const float>& variable) {
    std::vector<float> values(static_cast<size_t>(variable.count()));
    copy(variable, values.data());
    return values;
}

}  // namespace

Regularizer parse_regularizer(const std::string& argument, const Setting<RegularizerFunction>& setting) {
    Regularizer regularizer;
    regularizer.own = setting.own();
    if (regularizer.own && (!regularizer.own->loss || !regularizer.own->add_gradient))
        refuse(argument, nullptr, "a loss and an add_gradient that can be called");
    if (!setting.text()) return regularizer;
    const KerasObject object =
        parse_keras_object(argument, setting_json(argument, *setting.text()), "regularizers");
    if (same_name(object.name, "OrthogonalRegularizer"))
        refuse(argument, object.name, "a regularizer for weights of any rank (this one needs a matrix)");
    for (const Class& of : classes)
        if (is_spelled(of, object.name)) return parse_factors(argument, object, of);
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
    return double(regularizer.l1) * total(sums.magnitudes) + double(regularizer.l2) * total(sums.squares);
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
