#include "forward_output.h"

#include <cstring>

#include "activation.h"
#include "call.h"

namespace lcn {

namespace {

float no_bias[max_filters];  // zeros that nothing writes; not const, for those take room in the file

void copy(const RowPiece& from, float* to, int64_t count, int64_t columns, int64_t filters) {
    for (int64_t m = 0; m < count; m++)
        for (int64_t q = 0; q < columns; q++) {
            const int64_t at = m * from.image + q * from.column;
            std::memcpy(to + at, from.data + at, size_t(filters) * sizeof(float));
        }
}

}  // namespace

ForwardOutput::ForwardOutput(const Geometry& geometry, const Kernels& available)
    : g(geometry), kernels(available), linear(g.problem.activation.function == Function::linear) {}

RowPiece ForwardOutput::initial_values(const ForwardArguments& a, const Units::Unit& u,
                                       float* bias_row) const {
    if (!a.bias) return {no_bias, 0, 0};
    const int64_t position = u.row * g.output_columns + u.first_column;
    if (!g.channels_first)
        return {const_cast<float*>(a.bias) + position * g.problem.filters + u.first_filter, 0,
                g.problem.filters};
    const int64_t filters = u.end_filter - u.first_filter;
    transpose(kernels, a.bias + u.first_filter * g.positions + position, g.positions, 0, bias_row, filters, 0,
              filters, u.end_column - u.first_column, 1);
    return {bias_row, 0, filters};
}

RowPiece ForwardOutput::destination(const ForwardArguments& a, const Units::Unit& u, int64_t n,
                                    float* row) const {
    const int64_t filters = u.end_filter - u.first_filter;
    if (g.channels_first) return {row, (u.end_column - u.first_column) * filters, filters};
    float* const before = a.before_activation ? a.before_activation : a.output;
    return {before + offset(u, n), g.output_image, g.problem.filters};
}

int64_t ForwardOutput::offset(const Units::Unit& u, int64_t n) const {
    const int64_t position = u.row * g.output_columns + u.first_column;
    return n * g.output_image + (g.channels_first ? u.first_filter * g.positions + position
                                                  : position * g.problem.filters + u.first_filter);
}

void ForwardOutput::finish(const ForwardArguments& a, const Units::Unit& u, int64_t n, int64_t count,
                           const RowPiece& before) const {
    const int64_t columns = u.end_column - u.first_column, filters = u.end_filter - u.first_filter;
    auto write = [&](float* tensor) {
        transpose(kernels, before.data, filters, before.image, tensor + offset(u, n), g.positions,
                  g.output_image, columns, filters, count);
    };
    if (g.channels_first && a.before_activation) write(a.before_activation);
    if (!linear) {
        float* const to = g.channels_first ? before.data : a.output + offset(u, n);
        activate(before, to, count, columns, filters);
    } else if (!g.channels_first && a.before_activation) {
        copy(before, a.output + offset(u, n), count, columns, filters);
    }
    if (g.channels_first) write(a.output);
}

void ForwardOutput::activate(const RowPiece& before, float* to, int64_t count, int64_t columns,
                             int64_t filters) const {
    const Activation& activation = g.problem.activation;
    const Kernel& kernel = *choose_activation(kernels, KernelOperation::activation, activation.function);
    if (before.column == filters) {
        apply_activation(kernel, activation, before.data, to, count, columns * filters, before.image);
        return;
    }
    for (int64_t q = 0; q < columns; q++)
        apply_activation(kernel, activation, before.data + q * before.column, to + q * before.column, count,
                         filters, before.image);
}

}  // namespace lcn
