// NaN, infinities, denormals and zeros reach exactly the results that read them, and the floating-point
// control state stays as it was. The reference in double says who reads what.
#include <cfenv>
#include <cmath>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "support/flush_denormals.h"
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

// The tensors that an operation reads.
std::vector<Floats Operands::*> read_by(Operation operation, const Case& c) {
    if (operation == Operation::forward) {
        if (c.bias) return {&Operands::input, &Operands::kernel, &Operands::bias};
        return {&Operands::input, &Operands::kernel};
    }
    if (operation == Operation::backward_input) return {&Operands::output_gradient, &Operands::kernel};
    return {&Operands::input, &Operands::output_gradient};
}

class SpecialValues : public TargetTest {
  protected:
    // Sends the cases of a cover, with operands changed by `change`, through the exact gate.
    template <typename Change>
    void sweep(uint64_t seed, Change&& change) {
        Random random(seed);
        for (const Case& c : pairwise_cases(seed))
            for (Operation operation : operations) {
                Operands operands = integer_operands(c.layer, random);
                change(operation, c, operands, random);
                check(operation, c, operands, exact);
                if (HasFailure()) return;
            }
    }
};

// In one element of every operand in turn.
TEST_P(SpecialValues, nan_and_infinity_reach_who_reads_them) {
    const float specials[] = {NAN, HUGE_VALF, -HUGE_VALF};
    Random random(80);
    for (const Case& c : pairwise_cases(80))
        for (Operation operation : operations)
            for (Floats Operands::*operand : read_by(operation, c)) {
                Operands o = integer_operands(c.layer, random);
                Floats& values = o.*operand;
                values[random.below(int64_t(values.size()))] = specials[random.below(3)];
                check(operation, c, o, exact);
                if (HasFailure()) return;
            }
}

// All weights under taps outside the image. Their gradients are 0, as the exact gate says.
TEST_P(SpecialValues, nan_outside_the_image_reaches_nothing) {
    int64_t outside = 0;
    sweep(81, [&](Operation, const Case& c, Operands& o, Random&) {
        std::vector<char> read(o.kernel.size());
        reference::for_each_product(c.layer, [&](int64_t, int64_t, int64_t weight) { read[weight] = true; });
        for (size_t k = 0; k < read.size(); k++)
            if (!read[k]) o.kernel[k] = NAN, outside++;
    });
    EXPECT_GT(outside, 0);
}

TEST_P(SpecialValues, denormals_are_exact) {
    sweep(82, [](Operation operation, const Case&, Operands& o, Random&) {
        Floats& values = operation == Operation::backward_weights ? o.output_gradient : o.kernel;
        for (Floats* tensor : {&values, &o.bias, &o.kernel_gradient, &o.bias_gradient})
            for (float& value : *tensor) value *= 0x1p-149f;
    });
}

TEST_P(SpecialValues, negative_zero_is_zero) {
    Random random(83);
    for (const Case& c : pairwise_cases(83))
        for (Operation operation : operations) {
            Operands positive = integer_operands(c.layer, random);
            for (Floats Operands::*operand : read_by(operation, c))
                for (float& value : positive.*operand)
                    if (value > 0) value = 0.0f;
            Operands negative = positive;
            for (Floats Operands::*operand : read_by(operation, c))
                for (float& value : negative.*operand)
                    if (value == 0) value = -0.0f;
            EXPECT_TRUE(run(operation, c, positive) == run(operation, c, negative))
                << name_of(operation) << " " << c;
            if (HasFailure()) return;
        }
}

// Rounding mode, exception masks, and on x86 how denormals are treated.
struct ControlState {
    int rounding = std::fegetround();
#if defined(__SSE__)
    unsigned mxcsr = _mm_getcsr() & ~0x3fu;  // without the sticky flags
#endif
    bool operator==(const ControlState&) const = default;
};

TEST_P(SpecialValues, control_state_is_kept) {
    Random random(84);
    std::fenv_t environment;
    std::fegetenv(&environment);
    for (int rounding : {FE_TONEAREST, FE_UPWARD, FE_TOWARDZERO}) {
        std::fesetround(rounding);
        if (rounding != FE_TONEAREST) flush_denormals();
        const ControlState before;
        for (const Case& c : pairwise_cases(84))
            for (Operation operation : operations) {
                run(operation, c, real_operands(c.layer, random));
                EXPECT_EQ(ControlState(), before) << name_of(operation) << " " << c;
            }
        activation_gradient({lcn::Function::tanh}, random.reals(100), random.reals(100));
        EXPECT_EQ(ControlState(), before);
    }
    std::fesetenv(&environment);
}

LCN_TEST_EVERY_TARGET(SpecialValues);

}  // namespace

}  // namespace lcn_test
