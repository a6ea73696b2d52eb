#include "answer.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <random>

namespace bench {

namespace {

using lcn::Operation;
using reference::Layer;
using reference::Sum;

constexpr double most_multiply_adds = 0.2e9;
constexpr int sampled_elements = 4096;

// An element of a result: n, r, q, f of an output; n, y, x, c of an input gradient; r, q, i, j, c, f of a
// kernel gradient. Extents of dimensions that a result lacks are 1.
using Coordinates = std::array<int64_t, 6>;

Coordinates extents_of(const Layer& l, Operation operation) {
    const int64_t rows = l.output_rows(), columns = l.output_columns();
    switch (operation) {
        case Operation::forward:
            return {l.batch, rows, columns, l.filters, 1, 1};
        case Operation::backward_input:
            return {l.batch, l.rows, l.columns, l.channels, 1, 1};
        case Operation::backward_weights:
            return {rows, columns, l.kernel_rows, l.kernel_columns, l.channels, l.filters};
    }
    return {};
}

Sum output_at(const Layer& l, const Tensors& t, const Coordinates& at) {
    const auto [n, r, q, f, unused1, unused2] = at;
    Sum sum;
    for (int64_t i = 0; i < l.kernel_rows; i++)
        for (int64_t j = 0; j < l.kernel_columns; j++) {
            const int64_t y = l.input_row(r, i), x = l.input_column(q, j);
            if (y < 0 || x < 0) continue;
            for (int64_t c = 0; c < l.channels; c++)
                sum.add(double(t.input[l.input_index(n, y, x, c)]) *
                        t.weights[l.kernel_index(r, q, i, j, c, f)]);
        }
    return sum;
}

Sum input_gradient_at(const Layer& l, const Tensors& t, const Coordinates& at) {
    const auto [n, y, x, c, unused1, unused2] = at;
    const int64_t low = l.same ? l.kernel_rows / 2 : 0, left = l.same ? l.kernel_columns / 2 : 0;
    Sum sum;
    for (int64_t i = 0; i < l.kernel_rows; i++)
        for (int64_t j = 0; j < l.kernel_columns; j++) {
            const int64_t down = y + low - i, right = x + left - j;
            if (down < 0 || right < 0 || down % l.stride_rows || right % l.stride_columns) continue;
            const int64_t r = down / l.stride_rows, q = right / l.stride_columns;
            if (r >= l.output_rows() || q >= l.output_columns()) continue;
            for (int64_t f = 0; f < l.filters; f++)
                sum.add(double(t.output[l.output_index(n, r, q, f)]) *
                        t.weights[l.kernel_index(r, q, i, j, c, f)]);
        }
    return sum;
}

Sum kernel_gradient_at(const Layer& l, const Tensors& t, const Coordinates& at) {
    const auto [r, q, i, j, c, f] = at;
    const int64_t y = l.input_row(r, i), x = l.input_column(q, j);
    Sum sum;
    for (int64_t n = 0; n < l.batch && y >= 0 && x >= 0; n++)
        sum.add(double(t.input[l.input_index(n, y, x, c)]) * t.output[l.output_index(n, r, q, f)]);
    return sum;
}

Sum expected_at(const Layer& l, Operation operation, const Tensors& t, const Coordinates& at) {
    switch (operation) {
        case Operation::forward:
            return output_at(l, t, at);
        case Operation::backward_input:
            return input_gradient_at(l, t, at);
        case Operation::backward_weights:
            return kernel_gradient_at(l, t, at);
    }
    return {};
}

// The next element in memory order; false after the last.
bool advance(Coordinates& at, const Coordinates& extents) {
    for (int d = int(at.size()) - 1; d >= 0; d--) {
        if (++at[d] < extents[d]) return true;
        at[d] = 0;
    }
    return false;
}

// Half of the coordinates are the first or the last of their dimension.
Coordinates sample(const Coordinates& extents, std::mt19937& random) {
    Coordinates at;
    for (size_t d = 0; d < at.size(); d++) {
        const unsigned choice = random() % 4;
        at[d] = choice == 0 ? 0 : choice == 1 ? extents[d] - 1 : int64_t(random() % extents[d]);
    }
    return at;
}

int64_t index_of(const Layer& l, Operation operation, const Coordinates& at) {
    switch (operation) {
        case Operation::forward:
            return l.output_index(at[0], at[1], at[2], at[3]);
        case Operation::backward_input:
            return l.input_index(at[0], at[1], at[2], at[3]);
        case Operation::backward_weights:
            return l.kernel_index(at[0], at[1], at[2], at[3], at[4], at[5]);
    }
    return 0;
}

// What a comparison has found so far.
struct Findings {
    int64_t compared = 0, wrong = 0;
    std::string first;

    void compare(int64_t index, double value, const Sum& expected) {
        const double bound = double(expected.terms) * 0x1p-24 * expected.magnitude;
        compared++;
        if (std::abs(value - expected.value) <= bound || wrong++) return;
        char text[160];
        std::snprintf(text, sizeof text, "element %lld is %.9g, expected %.9g +- %.2g", (long long)index,
                      value, expected.value, bound);
        first = text;
    }
};

}  // namespace

std::string check_answer(const Layer& layer, Operation operation, const Tensors& tensors) {
    const float* const results[] = {tensors.output, tensors.input, tensors.weights};
    const float* const result = results[int(operation)];
    const Coordinates extents = extents_of(layer, operation);
    int64_t size = 1;
    for (const int64_t extent : extents) size *= extent;
    for (int64_t i = 0; i < size; i++)
        if (std::isnan(result[i])) return "wrong answer: element " + std::to_string(i) + " was not written";

    Findings findings;
    const auto compare = [&](const Coordinates& at) {
        const int64_t index = index_of(layer, operation, at);
        findings.compare(index, result[index], expected_at(layer, operation, tensors, at));
    };
    if (double(layer.batch) * double(layer.kernel_size()) <= most_multiply_adds) {
        Coordinates at{};
        do compare(at);
        while (advance(at, extents));
    } else {
        std::mt19937 random(1);
        for (int i = 0; i < sampled_elements; i++) compare(sample(extents, random));
    }
    if (!findings.wrong) return "";
    return "wrong answer: " + findings.first + " (" + std::to_string(findings.wrong) + " of " +
           std::to_string(findings.compared) + " elements are wrong)";
}

}  // namespace bench
