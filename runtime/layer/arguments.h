// The arguments of a layer, checked and understood.
#pragma once

#include "activations.h"
#include "constraints.h"
#include "initializers.h"
#include "kernel_layout.h"
#include "regularizers.h"

namespace lcn::layer {

struct CheckedArguments {
    int dimensions;
    int64_t filters;
    int64_t kernel_rows, kernel_columns, stride_rows, stride_columns;  // one dimension: columns are 1
    bool same, channels_first;
    int implementation;
    std::optional<Shape> batch_input_shape;
    LayerActivation activation;
    Initializer kernel_initializer, bias_initializer;
    Regularizer kernel_regularizer, bias_regularizer, activity_regularizer;
    Constraint kernel_constraint, bias_constraint;
};

// Throws std::invalid_argument naming the argument. Sets those that Keras resolves when the layer is made:
// padding and data_format in lower case, and batch_input_shape. (The name is left: it is counted only for
// layers that are made.)
CheckedArguments check_arguments(int dimensions, LayerArguments& arguments);

// The layout of the kernel for an input of this shape, whose sizes but the batch must be known. Throws
// std::invalid_argument when the layer does not take such an input, or a tensor would be too large to
// address.
KernelLayout kernel_layout(const CheckedArguments& layer, const Shape& input_shape);

// Sizes may be unknown.
Shape output_shape(const CheckedArguments& layer, const Shape& input_shape);

// The fans of one position: those of a convolution's kernel, and of the filters' bias.
inline Fans position_kernel_fans(const KernelLayout& l) {
    const double taps = double(l.rows.kernel) * double(l.columns.kernel);
    return {taps * double(l.channels), taps * double(l.filters)};
}
inline Fans position_bias_fans(const KernelLayout& l) {
    return {double(l.filters), double(l.filters)};
}

// image_data_format of $KERAS_HOME/keras.json or ~/.keras/keras.json; channels_last when there is none.
std::string default_data_format();

}  // namespace lcn::layer
