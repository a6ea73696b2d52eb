// The gradients that a layer keeps, and what an update does besides the rule.
#include <algorithm>
#include <utility>

#include "layer_state.h"

namespace lcn::layer {

void State::make_gradients() {
    if (gradients.kernel.count() > 0) return;
    Weights made{Floats(weights.kernel.count()), {}, Floats(weights.bias.count())};
    gradients = std::move(made);
    clear_gradients();
}

void State::clear_gradients() {
    std::fill_n(gradients.kernel.data(), gradients.kernel.count(), 0.0f);
    std::fill_n(gradients.bias.data(), gradients.bias.count(), 0.0f);
    gradients.outside = {};
    has_regularizer_gradient = {};
}

// What throws has added nothing, and is asked for again by the next call.
void State::add_regularizer_gradients() {
    if (!has_regularizer_gradient.kernel && !checked.kernel_regularizer.is_none()) {
        Floats outside(weights.outside.count());
        std::fill_n(outside.data(), outside.count(), 0.0f);
        gradients.outside = std::move(outside);
        add_gradient(checked.kernel_regularizer, constant(kernel(weights)), kernel(gradients));
        has_regularizer_gradient.kernel = true;
    }
    if (!has_regularizer_gradient.bias && arguments.use_bias && !checked.bias_regularizer.is_none()) {
        add_gradient(checked.bias_regularizer, constant(bias(weights)), bias(gradients));
        has_regularizer_gradient.bias = true;
    }
}

void State::apply_constraints() {
    weights_change();
    apply_constraint(checked.kernel_constraint, kernel(weights));
    if (arguments.use_bias) apply_constraint(checked.bias_constraint, bias(weights));
}

}  // namespace lcn::layer
