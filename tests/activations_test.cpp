// Every activation, its value as forward computes it and its derivative, against formulas in double: around
// kinks, for all magnitudes, for infinities, denormals and NaN.
#include "support/activations.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "lcn/kernels.h"
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

const Floats& grid() {
    static const Floats values = [] {
        const float infinity = std::numeric_limits<float>::infinity();
        Floats v = {0.0f, -0.0f, infinity, -infinity, NAN, -NAN};
        for (float kink : {0.0f, 0.5f, 1.5f, 2.5f, -2.5f, 4.5f, 6.0f})
            for (float x : {kink, std::nextafter(kink, -infinity), std::nextafter(kink, infinity)})
                v.push_back(x);
        for (float x = -12; x <= 12; x += 1.0f / 32) v.push_back(x);
        for (float x = -110; x <= 110; x += 0.37f) v.push_back(x);
        for (int exponent = -149; exponent < 128; exponent++)
            for (float mantissa : {1.0f, 1.37f, 1.9f})
                for (float sign : {1.0f, -1.0f}) v.push_back(sign * std::ldexp(mantissa, exponent));
        return v;
    }();
    return values;
}

testing::AssertionResult all_near(const Floats& actual, const Floats& x, const ActivationCase& c,
                                  double (*formula)(double, const lcn::Activation&),
                                  const Tolerance& tolerance) {
    for (size_t k = 0; k < x.size(); k++) {
        // Formulas with comparisons lose a NaN, lcn does not; the slope of linear reads nothing.
        const bool reads = c.activation.function != lcn::Function::linear;
        const double expected = std::isnan(x[k]) && reads ? double(NAN) : formula(x[k], c.activation);
        if (!near(actual[k], expected, x[k], tolerance))
            return testing::AssertionFailure()
                   << "function " << int(c.activation.function) << " alpha " << c.activation.alpha << " of "
                   << x[k] << " is " << actual[k] << ", not " << expected;
    }
    return testing::AssertionSuccess();
}

// A layer of 1x1 windows on zeros: its value before the activation is the bias. As many positions of
// `filters` as hold the grid.
Case layer_of_grid(int64_t filters, bool channels_first) {
    const int64_t columns = (int64_t(grid().size()) + filters - 1) / filters;
    Case c{{1, 1, columns, 1, filters, 1, 1, 1, 1, false, channels_first}};
    c.bias = c.before = true;
    return c;
}

Operands grid_as_bias(const reference::Layer& l) {
    Operands o = zero_operands(lcn::Operation::forward, l);
    for (size_t k = 0; k < o.bias.size(); k++) o.bias[k] = grid()[k % grid().size()];
    return o;
}

bool same_or_nan(const Floats& a, const Floats& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

class Activations : public TargetTest {
  protected:
    // All kernels of these operations have run.
    void expect_all_ran(const std::string& operation) {
        const std::vector<std::string> ran = take_kernels_ran();
        for (int k = 0; k < lcn::kernel_count(); k++) {
            const lcn::KernelInfo kernel = lcn::kernel_info(k);
            if (kernel.target != GetParam() || kernel.operation != operation) continue;
            EXPECT_TRUE(std::count(ran.begin(), ran.end(), kernel.symbol)) << kernel.symbol << " did not run";
        }
    }
};

TEST_P(Activations, every_function_is_here) {
    for (int f = int(lcn::Function::linear); f <= int(lcn::Function::mish); f++)
        EXPECT_TRUE(std::any_of(activation_cases().begin(), activation_cases().end(), [&](const auto& c) {
            return int(c.activation.function) == f;
        })) << f;
    activation_gradient({lcn::Function::tanh}, {1}, {1});
}

TEST_P(Activations, value) {
    for (const ActivationCase& activation : activation_cases())
        for (bool channels_first : {false, true})
            for (int64_t filters : {int64_t(grid().size()), int64_t(7), int64_t(32)})
                for (int threads : {1, 16}) {
                    Case c = layer_of_grid(filters, channels_first);
                    c.activation = activation.activation;
                    c.threads = threads;
                    const Operands operands = grid_as_bias(c.layer);
                    const Results results = run(lcn::Operation::forward, c, operands);
                    EXPECT_TRUE(same_or_nan(results[1], operands.bias)) << c;
                    EXPECT_TRUE(all_near(results[0], results[1], activation, activation.value,
                                         activation.value_tolerance))
                        << c;
                    if (HasFailure()) return;
                }
    expect_all_ran("activation");
}

TEST_P(Activations, derivative) {
    const Floats ones(grid().size(), 1.0f);
    for (const ActivationCase& c : activation_cases())
        EXPECT_TRUE(all_near(activation_gradient(c.activation, grid(), ones), grid(), c, c.derivative,
                             c.derivative_tolerance));
    expect_all_ran("activation_gradient");
}

// The derivative times the gradient of the output, with one more rounding.
TEST_P(Activations, derivative_times_gradient) {
    Random random(1);
    const Floats before = random.reals(1000), gradient = random.reals(1000), ones(1000, 1.0f);
    for (const ActivationCase& c : activation_cases()) {
        const Floats slope = activation_gradient(c.activation, before, ones);
        const Floats product = activation_gradient(c.activation, before, gradient);
        for (size_t k = 0; k < before.size(); k++)
            ASSERT_TRUE(near(product[k], double(slope[k]) * gradient[k], 0, {3, 0, 0}))
                << int(c.activation.function) << " at " << before[k];
    }
}

// The result may be written over either input, and any length gives the same bits.
TEST_P(Activations, in_place_and_ragged) {
    Random random(2);
    for (const ActivationCase& c : activation_cases())
        for (int64_t count : {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 70'000}) {
            const Floats before = random.reals(count), gradient = random.reals(count);
            const Floats expected = activation_gradient(c.activation, before, gradient);
            Floats over_before = before, over_gradient = gradient;
            ASSERT_TRUE(lcn::activation_gradient(c.activation, count, over_before.data(), gradient.data(),
                                                 over_before.data())
                            .ok());
            ASSERT_TRUE(lcn::activation_gradient(c.activation, count, before.data(), over_gradient.data(),
                                                 over_gradient.data())
                            .ok());
            EXPECT_TRUE(identical(expected, over_before)) << int(c.activation.function) << ", " << count;
            EXPECT_TRUE(identical(expected, over_gradient)) << int(c.activation.function) << ", " << count;
            const Floats last = activation_gradient(c.activation, {before.back()}, {gradient.back()});
            EXPECT_TRUE(identical({expected.back()}, last)) << int(c.activation.function) << ", " << count;
        }
}

// What lcn.h says of relu without a maximum and alpha 0, leaky_relu and relu6.
TEST_P(Activations, output_stands_in_for_before) {
    const Floats ones(grid().size(), 1.0f);
    for (const lcn::Activation& activation :
         {lcn::Activation{lcn::Function::relu}, lcn::Activation{lcn::Function::leaky_relu, 0.2f},
          lcn::Activation{lcn::Function::relu6}}) {
        Case c = layer_of_grid(7, false);
        c.activation = activation;
        const Results results = run(lcn::Operation::forward, c, grid_as_bias(c.layer));
        const Floats gradient(results[0].size(), 1.0f);
        EXPECT_TRUE(same_or_nan(activation_gradient(activation, results[0], gradient),
                                activation_gradient(activation, results[1], gradient)))
            << int(activation.function);
    }
}

LCN_TEST_EVERY_TARGET(Activations);

}  // namespace

}  // namespace lcn_test
