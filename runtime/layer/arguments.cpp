#include "arguments.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "json_text.h"
#include "keras_object.h"
#include "shape_text.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

std::string lower(std::string text) {
    for (char& letter : text) letter = char(std::tolower(static_cast<unsigned char>(letter)));
    return text;
}

void check_positive(const char* argument, int64_t value) {
    if (value <= 0) refuse(argument, value, "a positive integer");
}

// Sets rows and columns: one number is for both; one dimension has no columns.
void check_sizes(const char* argument, const Sizes& sizes, int dimensions, int64_t& rows, int64_t& columns) {
    const std::vector<int64_t>& values = sizes.values();
    const bool fits = !sizes.is_list() || values.size() == size_t(dimensions);
    if (!fits || std::any_of(values.begin(), values.end(), [](int64_t size) { return size <= 0; }))
        refuse(argument, sizes.is_list() ? json(values) : json(values.front()),
               dimensions == 2 ? "a positive integer or a list of 2" : "a positive integer or a list of 1");
    rows = values.front();
    columns = dimensions == 1 ? 1 : values.back();
}

void check_padding(LayerArguments& arguments, bool& same) {
    const std::string padding = lower(arguments.padding);
    if (padding != "valid" && padding != "same")
        refuse("padding", arguments.padding, "\"valid\" or \"same\"");
    same = padding == "same";
    if (same && arguments.implementation == 1)
        refuse("padding", arguments.padding, "\"valid\" with implementation 1 (2 and 3 have \"same\")");
    arguments.padding = padding;
}

void check_data_format(LayerArguments& arguments, bool& channels_first) {
    const std::string given = arguments.data_format.value_or(default_data_format());
    const std::string format = lower(given);
    if (format != "channels_first" && format != "channels_last")
        refuse("data_format", given, "\"channels_first\" or \"channels_last\"");
    channels_first = format == "channels_first";
    arguments.data_format = format;
}

void check_shape(const char* argument, const Shape& shape, int dimensions) {
    const bool fits =
        shape.size() == size_t(dimensions) + 2 &&
        std::all_of(shape.begin(), shape.end(), [](int64_t size) { return size > 0 || size == unknown; });
    if (!fits)
        refuse(argument, shape_json(shape),
               std::to_string(dimensions + 2) + " sizes, batch first, positive or unknown");
}

// What the keywords say of the input, as Keras puts them together.
void check_input_shape(LayerArguments& arguments, int dimensions) {
    if (arguments.batch_size) check_positive("batch_size", *arguments.batch_size);
    if (arguments.input_dim && !arguments.input_shape && !arguments.batch_input_shape)
        refuse("input_dim", *arguments.input_dim,
               "input_shape: an input of this layer has " + std::to_string(dimensions + 2) + " dimensions");
    if (arguments.input_shape) {
        Shape shape = *arguments.input_shape;
        shape.insert(shape.begin(), arguments.batch_size.value_or(unknown));
        check_shape("input_shape (with batch_size)", shape, dimensions);
        if (!arguments.batch_input_shape) arguments.batch_input_shape = shape;
    }
    if (!arguments.batch_input_shape) return;
    check_shape("batch_input_shape", *arguments.batch_input_shape, dimensions);
    const Shape& shape = *arguments.batch_input_shape;
    if (arguments.input_shape && !std::equal(shape.begin() + 1, shape.end(), arguments.input_shape->begin()))
        refuse("input_shape", shape_json(*arguments.input_shape),
               "the sizes of batch_input_shape " + to_string(shape));
}

void check_keywords(const LayerArguments& arguments) {
    if (arguments.name && (arguments.name->empty() || !is_utf8(*arguments.name)))
        refuse("name", *arguments.name, "a name in UTF-8");
    if (arguments.dtype != "float32") refuse("dtype", arguments.dtype, "\"float32\"");
    const size_t weights = arguments.use_bias ? 2 : 1;
    if (arguments.weights && arguments.weights->size() != weights)
        refuse("weights", std::to_string(arguments.weights->size()) + " tensors",
               arguments.use_bias ? "kernel and bias" : "kernel");
}

void check_kernel_and_stride(const LayerArguments& arguments, CheckedArguments& layer) {
    check_sizes("kernel_size", arguments.kernel_size, layer.dimensions, layer.kernel_rows,
                layer.kernel_columns);
    check_sizes("strides", arguments.strides, layer.dimensions, layer.stride_rows, layer.stride_columns);
}

}  // namespace

CheckedArguments check_arguments(int dimensions, LayerArguments& arguments) {
    CheckedArguments layer;
    layer.dimensions = dimensions;
    check_positive("filters", arguments.filters);
    layer.filters = arguments.filters;
    check_kernel_and_stride(arguments, layer);
    if (arguments.implementation < 1 || arguments.implementation > 3)
        refuse("implementation", arguments.implementation, "1, 2 or 3");
    layer.implementation = int(arguments.implementation);
    check_padding(arguments, layer.same);
    check_data_format(arguments, layer.channels_first);
    layer.activation = parse_activation("activation", arguments.activation);
    check_activation("activation", layer.activation, size_t(dimensions) + 2);
    layer.kernel_initializer = parse_initializer("kernel_initializer", arguments.kernel_initializer);
    layer.bias_initializer = parse_initializer("bias_initializer", arguments.bias_initializer);
    layer.kernel_regularizer = parse_regularizer("kernel_regularizer", arguments.kernel_regularizer);
    layer.bias_regularizer = parse_regularizer("bias_regularizer", arguments.bias_regularizer);
    layer.activity_regularizer = parse_regularizer("activity_regularizer", arguments.activity_regularizer);
    layer.kernel_constraint = parse_constraint("kernel_constraint", arguments.kernel_constraint);
    layer.bias_constraint = parse_constraint("bias_constraint", arguments.bias_constraint);
    check_keywords(arguments);
    check_input_shape(arguments, dimensions);
    layer.batch_input_shape = arguments.batch_input_shape;
    return layer;
}

}  // namespace lcn::layer
