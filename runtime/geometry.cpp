#include "geometry.h"

#include "status.h"

namespace lcn {

namespace {

// Elements a tensor may have: 2^62 bytes, so that byte offsets never wrap.
const int64_t max_elements = int64_t(1) << 60;

struct NamedSize {
    const char* name;
    int64_t value;
};

Status check_positive(std::initializer_list<NamedSize> sizes) {
    for (const NamedSize& size : sizes) {
        if (size.value <= 0)
            return error(Code::invalid_size, "%s must be positive, got %lld", size.name,
                         (long long)size.value);
        if (size.value > max_elements)
            return error(Code::overflow, "%s is too large: %lld", size.name, (long long)size.value);
    }
    return {};
}

Status check_product(const char* tensor, std::initializer_list<int64_t> sizes) {
    int64_t product = 1;
    for (int64_t size : sizes) {
        if (size > max_elements / product)
            return error(Code::overflow, "%s has more than 2^60 elements", tensor);
        product *= size;
    }
    return {};
}

Status check_stride(const char* name, int64_t stride, int64_t batch, int64_t image, int64_t& result) {
    if (stride != 0 && stride < image)
        return error(Code::invalid_size, "%s must be 0 or at least an image of %lld elements, got %lld", name,
                     (long long)image, (long long)stride);
    result = stride == 0 ? image : stride;
    return check_product(name, {batch, result});
}

Status check_enumerators(const Problem& p) {
    if (p.padding != Padding::valid && p.padding != Padding::same)
        return error(Code::invalid_argument, "padding has no such value: %d", int(p.padding));
    if (p.data_format != DataFormat::channels_last && p.data_format != DataFormat::channels_first)
        return error(Code::invalid_argument, "data_format has no such value: %d", int(p.data_format));
    if (p.activation.function < Function::linear || p.activation.function > Function::mish)
        return error(Code::invalid_argument, "activation.function has no such value: %d",
                     int(p.activation.function));
    return {};
}

}  // namespace

Status check(const Problem& p, Geometry& g) {
    LCN_RETURN_IF_ERROR(check_enumerators(p));
    LCN_RETURN_IF_ERROR(check_positive({{"batch", p.batch},
                                        {"input_rows", p.input_rows},
                                        {"input_columns", p.input_columns},
                                        {"channels", p.channels},
                                        {"filters", p.filters},
                                        {"kernel_rows", p.kernel_rows},
                                        {"kernel_columns", p.kernel_columns},
                                        {"stride_rows", p.stride_rows},
                                        {"stride_columns", p.stride_columns}}));
    const bool same = p.padding == Padding::same;
    if (!same && p.kernel_rows > p.input_rows)
        return error(Code::invalid_size, "kernel_rows %lld is larger than input_rows %lld with padding valid",
                     (long long)p.kernel_rows, (long long)p.input_rows);
    if (!same && p.kernel_columns > p.input_columns)
        return error(Code::invalid_size,
                     "kernel_columns %lld is larger than input_columns %lld with padding valid",
                     (long long)p.kernel_columns, (long long)p.input_columns);

    g.problem = p;
    g.channels_first = p.data_format == DataFormat::channels_first;
    g.padding_rows = same ? p.kernel_rows / 2 : 0;
    g.padding_columns = same ? p.kernel_columns / 2 : 0;
    g.output_rows = (p.input_rows - (same ? 1 : p.kernel_rows)) / p.stride_rows + 1;
    g.output_columns = (p.input_columns - (same ? 1 : p.kernel_columns)) / p.stride_columns + 1;

    LCN_RETURN_IF_ERROR(check_product("input", {p.batch, p.input_rows, p.input_columns, p.channels}));
    LCN_RETURN_IF_ERROR(check_product("output", {p.batch, g.output_rows, g.output_columns, p.filters}));
    LCN_RETURN_IF_ERROR(check_product(
        "kernel", {g.output_rows, g.output_columns, p.kernel_rows, p.kernel_columns, p.channels, p.filters}));
    LCN_RETURN_IF_ERROR(check_stride("input_batch_stride", p.input_batch_stride, p.batch,
                                     p.input_rows * p.input_columns * p.channels, g.input_image));
    LCN_RETURN_IF_ERROR(check_stride("output_batch_stride", p.output_batch_stride, p.batch,
                                     g.output_rows * g.output_columns * p.filters, g.output_image));

    g.positions = g.output_rows * g.output_columns;
    g.column_elements = g.channels_first ? 1 : p.channels;
    g.planes = g.channels_first ? p.channels : 1;
    g.taps = p.kernel_columns * g.column_elements;
    g.window = p.kernel_rows * p.kernel_columns * p.channels;
    g.input_row = p.input_columns * g.column_elements;
    g.input_plane = g.channels_first ? p.input_rows * p.input_columns : 0;
    g.weights_row = g.taps * p.filters;
    g.weights_plane = p.kernel_rows * g.weights_row;
    g.panel = g.window * p.filters;
    return {};
}

Status output_size(const Problem& problem, int64_t& rows, int64_t& columns) {
    Geometry geometry;
    LCN_RETURN_IF_ERROR(check(problem, geometry));
    rows = geometry.output_rows;
    columns = geometry.output_columns;
    return {};
}

}  // namespace lcn
