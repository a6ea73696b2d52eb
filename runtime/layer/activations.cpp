#include "activations.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "activation_classes.h"
#include "axis_groups.h"
#include "keras_object.h"
#include "kernel_layout.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

const char* const no_prelu =
    "an activation without weights of its own (PReLU has some: put it after the layer)";

LayerActivation own_activation(const std::string& argument, const ActivationFunction& function) {
    if (!function.value || !function.gradient)
        refuse(argument, nullptr, "a value and a gradient that can be called");
    LayerActivation activation;
    activation.own = function;
    return activation;
}

// A function in the new form, {"module": "builtins", "class_name": "function", "config": "relu", ...}, or an
// Activation layer, which stands for its function: the name of either.
std::optional<std::string> wrapped_name(const json& value) {
    if (!value.is_object()) return {};
    const json class_name = value.value("class_name", json()), config = value.value("config", json());
    if (class_name == "function" && config.is_string()) return config.get<std::string>();
    if (class_name == "Activation" && config.is_object() && config.value("activation", json()).is_string())
        return config["activation"].get<std::string>();
    return {};
}

// Visits every element with its group.
template <typename Visit>
void for_each(const LayerActivation& activation, const Shape& shape, Visit visit) {
    AxisGroups(shape, axes_of("axis", activation.axes, shape.size())).advance(product(shape), visit);
}

std::vector<double> per_group(const LayerActivation& activation, const Shape& shape, double value) {
    const AxisGroups groups(shape, axes_of("axis", activation.axes, shape.size()));
    return std::vector<double>(size_t(groups.groups()), value);
}

}  // namespace

LayerActivation parse_activation(const std::string& argument, const Setting<ActivationFunction>& setting) {
    if (setting.own()) return own_activation(argument, *setting.own());
    if (!setting.text()) return *named_activation("linear");
    const json value = setting_json(argument, *setting.text());
    if (const std::optional<std::string> name = wrapped_name(value)) {
        const std::optional<LayerActivation> activation = named_activation(*name);
        if (!activation) refuse(argument, *name, activation_names());
        return *activation;
    }
    const KerasObject object = parse_keras_object(argument, value, "layers");
    if (object.name == "PReLU") refuse(argument, object.name, no_prelu);
    std::optional<LayerActivation> activation = activation_layer(argument, object);
    if (object.is_name && !activation) activation = named_activation(object.name);
    if (!activation) refuse(argument, object.name, activation_names());
    // Keras writes the shape it was built for once the layer was called; what is given is kept.
    if (value.is_object() && value.contains("build_config"))
        activation->written["build_config"] = value["build_config"];
    return *activation;
}

void check_activation(const std::string& argument, const LayerActivation& activation, size_t rank) {
    if (!activation.elementwise && !activation.own) axes_of(argument + ".config.axis", activation.axes, rank);
}

json to_json(const std::string& argument, const LayerActivation& activation) {
    if (activation.own) throw std::logic_error(argument + ": a function of one's own cannot be written");
    return activation.written;
}

void activate(const LayerActivation& activation, const Shape& shape, const float* before, float* output) {
    if (activation.own) return activation.own->value(shape, before, output);
    std::vector<double> most = per_group(activation, shape, -std::numeric_limits<double>::infinity());
    std::vector<double> sums = per_group(activation, shape, 0);
    for_each(activation, shape, [&](int64_t k, int64_t group) {
        most[size_t(group)] = std::max(most[size_t(group)], double(before[k]));
    });
    for_each(activation, shape, [&](int64_t k, int64_t group) {
        const float exponent = float(before[k] - most[size_t(group)]), power = std::exp(exponent);
        sums[size_t(group)] += power;
        output[k] = activation.log ? exponent : power;
    });
    if (activation.log)
        for (double& sum : sums) sum = std::log(sum);
    for_each(activation, shape, [&](int64_t k, int64_t group) {
        output[k] = float(activation.log ? output[k] - sums[size_t(group)] : output[k] / sums[size_t(group)]);
    });
}

void activation_gradient(const LayerActivation& activation, const Shape& shape, const float* before,
                         const float* output_gradient, float* before_gradient) {
    if (activation.own) return activation.own->gradient(shape, before, output_gradient, before_gradient);
    LayerActivation softmax = activation;
    softmax.log = false;
    std::vector<float> s(static_cast<size_t>(product(shape)));
    activate(softmax, shape, before, s.data());
    std::vector<double> sums = per_group(activation, shape, 0);
    for_each(activation, shape, [&](int64_t k, int64_t group) {
        sums[size_t(group)] += output_gradient[k] * double(activation.log ? 1.0f : s[size_t(k)]);
    });
    for_each(activation, shape, [&](int64_t k, int64_t group) {
        const double p = s[size_t(k)], g = output_gradient[k], sum = sums[size_t(group)];
        before_gradient[k] = float(activation.log ? g - p * sum : p * (g - sum));
    });
}

}  // namespace lcn::layer
