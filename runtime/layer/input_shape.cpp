// From the shape of an input to that of the output and the layout of the kernel.
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "arguments.h"
#include "keras_object.h"
#include "shape_text.h"

namespace lcn::layer {

namespace {

struct InputSizes {
    int64_t batch, rows, columns, channels;
};

InputSizes input_sizes(const CheckedArguments& layer, const Shape& shape) {
    const size_t rank = size_t(layer.dimensions) + 2;
    if (shape.size() != rank)
        refuse("input_shape", shape_json(shape), std::to_string(rank) + " dimensions, the batch first");
    for (size_t axis = 0; axis < rank; axis++)
        if (shape[axis] != unknown && (shape[axis] < 0 || (axis > 0 && shape[axis] == 0)))
            refuse("input_shape", shape_json(shape), "positive sizes");
    const size_t rows = layer.channels_first ? 2 : 1;
    return {shape[0], shape[rows], layer.dimensions == 2 ? shape[rows + 1] : 1,
            layer.channels_first ? shape[1] : shape.back()};
}

int64_t output_length(int64_t input, int64_t kernel, int64_t stride, bool same) {
    if (input == unknown) return unknown;
    return (same ? input - 1 : input - kernel) / stride + 1;
}

void check_fits(const Shape& shape, const char* side, int64_t input, int64_t kernel, bool same) {
    if (!same && input != unknown && kernel > input)
        refuse("input_shape", shape_json(shape),
               "at least " + std::to_string(kernel) + " " + side +
                   " for this kernel_size with padding \"valid\"");
}

struct OutputSizes {
    int64_t rows, columns;
};

OutputSizes output_sizes(const CheckedArguments& layer, const Shape& shape, const InputSizes& input) {
    check_fits(shape, layer.dimensions == 2 ? "rows" : "steps", input.rows, layer.kernel_rows, layer.same);
    check_fits(shape, "columns", input.columns, layer.kernel_columns, layer.same);
    return {output_length(input.rows, layer.kernel_rows, layer.stride_rows, layer.same),
            output_length(input.columns, layer.kernel_columns, layer.stride_columns, layer.same)};
}

void check_known(const CheckedArguments& layer, const Shape& shape) {
    for (size_t axis = 1; axis < shape.size(); axis++)
        if (shape[axis] == unknown)
            refuse("input_shape", shape_json(shape),
                   "every size but the batch to be known: each position has weights of its own");
    if (!layer.batch_input_shape) return;
    const Shape& declared = *layer.batch_input_shape;
    for (size_t axis = 1; axis < shape.size(); axis++)
        if (declared[axis] != unknown && declared[axis] != shape[axis])
            refuse("input_shape", shape_json(shape), "the sizes of batch_input_shape " + to_string(declared));
}

// Counts below are products of these and must stay far below 2^63 bytes.
void check_addressable(const KernelLayout& l, const Shape& shape) {
    const double positions = double(l.rows.output) * double(l.columns.output) * double(l.filters);
    const double pixels = double(l.rows.input) * double(l.columns.input) * double(l.channels);
    const double taps = double(l.rows.kernel) * double(l.columns.kernel) * double(l.channels);
    const double entries = positions * std::max(taps, l.implementation == 2 ? pixels : 0.0);
    if (entries >= 0x1p59) refuse("input_shape", shape_json(shape), "a kernel of less than 2^61 bytes");
}

}  // namespace

Shape output_shape(const CheckedArguments& layer, const Shape& shape) {
    const InputSizes input = input_sizes(layer, shape);
    const OutputSizes output = output_sizes(layer, shape, input);
    Shape result = {input.batch, output.rows};
    if (layer.dimensions == 2) result.push_back(output.columns);
    result.insert(layer.channels_first ? result.begin() + 1 : result.end(), layer.filters);
    return result;
}

KernelLayout kernel_layout(const CheckedArguments& layer, const Shape& shape) {
    const InputSizes input = input_sizes(layer, shape);
    check_known(layer, shape);
    const OutputSizes output = output_sizes(layer, shape, input);
    const auto low = [&](int64_t kernel) { return layer.same ? kernel / 2 : 0; };
    const KernelLayout layout{
        layer.dimensions,
        layer.implementation,
        layer.channels_first,
        {input.rows, layer.kernel_rows, layer.stride_rows, low(layer.kernel_rows), output.rows},
        {input.columns, layer.kernel_columns, layer.stride_columns, low(layer.kernel_columns),
         output.columns},
        input.channels,
        layer.filters};
    check_addressable(layout, shape);
    return layout;
}

}  // namespace lcn::layer
