// What must hold whatever the numbers: the three passes are adjoint to one another and linear, an impulse
// picks out weights, and equal weights at every position are an ordinary convolution. All on integers, so
// exactly.
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

double inner_product(const Floats& a, const Floats& b) {
    EXPECT_EQ(a.size(), b.size());
    double sum = 0;
    for (size_t k = 0; k < a.size(); k++) sum += double(a[k]) * b[k];
    return sum;
}

Floats combine(float alpha, const Floats& a, float beta, const Floats& b) {
    Floats sum(a.size());
    for (size_t k = 0; k < a.size(); k++) sum[k] = alpha * a[k] + beta * b[k];
    return sum;
}

// The cover's cases, linear: without bias, overwriting.
std::vector<Case> linear_cases(uint64_t seed) {
    std::vector<Case> cases = pairwise_cases(seed);
    for (Case& c : cases) c.bias = c.accumulate = c.before = false;
    return cases;
}

class Properties : public TargetTest {};

// <dY, f(X)> = <dX, X> = <dW, W>
TEST_P(Properties, adjoint) {
    expect_families({"forward", "backward_input_dot", "backward_input_band", "backward_weights"});
    Random random(1);
    for (const Case& c : linear_cases(71)) {
        const Operands o = integer_operands(c.layer, random);
        const double expected = inner_product(o.output_gradient, run(Operation::forward, c, o)[0]);
        EXPECT_EQ(inner_product(o.input, run(Operation::backward_input, c, o)[0]), expected) << c;
        EXPECT_EQ(inner_product(o.kernel, run(Operation::backward_weights, c, o)[0]), expected) << c;
        if (HasFailure()) return;
    }
}

// op(2a - 3b) = 2 op(a) - 3 op(b) in each operand.
TEST_P(Properties, linear) {
    const struct {
        Operation operation;
        Floats Operands::*operand;
    } pairs[] = {{Operation::forward, &Operands::input},
                 {Operation::forward, &Operands::kernel},
                 {Operation::backward_input, &Operands::output_gradient},
                 {Operation::backward_input, &Operands::kernel},
                 {Operation::backward_weights, &Operands::input},
                 {Operation::backward_weights, &Operands::output_gradient}};
    Random random(2);
    for (const Case& c : linear_cases(72))
        for (const auto& [operation, operand] : pairs) {
            Operands a = integer_operands(c.layer, random), b = a, sum = a;
            b.*operand = random.integers(int64_t((b.*operand).size()));
            sum.*operand = combine(2, a.*operand, -3, b.*operand);
            const Floats expected = combine(2, run(operation, c, a)[0], -3, run(operation, c, b)[0]);
            EXPECT_TRUE(expected == run(operation, c, sum)[0]) << name_of(operation) << " " << c;
            if (HasFailure()) return;
        }
}

// Image n is 1 at pixel n and 0 elsewhere: every output is the weight that reads that pixel, or 0.
TEST_P(Properties, impulse_picks_one_weight) {
    Random random(3);
    for (Case c : linear_cases(73)) {
        reference::Layer& l = c.layer;
        l.batch = 1;
        l.batch = l.input_size();
        if (l.output_size() > 2'000'000) continue;
        Operands o = zero_operands(Operation::forward, l);
        o.kernel = random.reals(l.kernel_size());
        Floats expected(l.output_size());
        for (int64_t n = 0; n < l.batch; n++) o.input[n * l.batch + n] = 1;
        reference::for_each_product(l, [&](int64_t output, int64_t input, int64_t weight) {
            if (o.input[input] != 0) expected[output] = o.kernel[weight];
        });
        EXPECT_TRUE(identical(expected, run(Operation::forward, c, o)[0])) << c;
        if (HasFailure()) return;
    }
}

// A convolution, by itself: channels_last, filter [i][j][c][f].
Floats convolution(const reference::Layer& l, const Floats& input, const Floats& filter) {
    const int64_t top = l.same ? l.kernel_rows / 2 : 0, left = l.same ? l.kernel_columns / 2 : 0;
    Floats output(l.output_size());
    for (int64_t n = 0, at = 0; n < l.batch; n++)
        for (int64_t r = 0; r < l.output_rows(); r++)
            for (int64_t q = 0; q < l.output_columns(); q++)
                for (int64_t f = 0; f < l.filters; f++, at++)
                    for (int64_t k = 0; k < l.kernel_rows * l.kernel_columns; k++) {
                        const int64_t y = r * l.stride_rows - top + k / l.kernel_columns;
                        const int64_t x = q * l.stride_columns - left + k % l.kernel_columns;
                        if (y < 0 || y >= l.rows || x < 0 || x >= l.columns) continue;
                        for (int64_t c = 0; c < l.channels; c++)
                            output[at] += input[((n * l.rows + y) * l.columns + x) * l.channels + c] *
                                          filter[(k * l.channels + c) * l.filters + f];
                    }
    return output;
}

TEST_P(Properties, equal_weights_are_a_convolution) {
    Random random(4);
    for (Case c : linear_cases(74)) {
        c.layer.channels_first = false;
        Operands o = integer_operands(c.layer, random);
        const Floats filter = random.integers(c.layer.taps() * c.layer.filters);
        for (size_t k = 0; k < o.kernel.size(); k++) o.kernel[k] = filter[k % filter.size()];
        EXPECT_TRUE(identical(convolution(c.layer, o.input, filter), run(Operation::forward, c, o)[0])) << c;
        if (HasFailure()) return;
    }
}

LCN_TEST_EVERY_TARGET(Properties);

}  // namespace

}  // namespace lcn_test
