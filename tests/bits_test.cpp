// The promises about bits: they depend on nothing but the build, the target and the problem. Threads, the
// alignment of pointers and repetition never change them; in forward neither does the batch around an image;
// backward_input has two orders of summation, one for batches below 8 and one from 8 on.
#include <algorithm>
#include <cfenv>
#include <cmath>
#include <set>

#include "support/flush_denormals.h"
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

// Layers whose work is cut in different ways.
std::vector<Case> layers(lcn::Function function) {
    const reference::Layer plain{1, 9, 11, 5, 17, 3, 3, 1, 1, false, false};
    const reference::Layer borders{1, 7, 8, 16, 33, 3, 5, 1, 2, true, false};
    const reference::Layer long_windows{1, 4, 4, 300,   70,   3,
                                        3, 1, 1, false, false};                 // cut into blocks of taps
    const reference::Layer dense{1, 3, 3, 40, 1000, 3, 3, 1, 1, false, false};  // one position, many filters
    const reference::Layer few_filters{1, 6, 40, 1, 20, 3, 4, 1, 1, false, false};
    const reference::Layer one_filter{1, 12, 40, 7, 1, 1, 1, 1, 1, false, false};
    const reference::Layer two_filters{1, 12, 40, 6, 2, 1, 1, 1, 1, false, false};
    const reference::Layer six_filters{1, 9, 8, 5, 6, 3, 3, 1, 1, true, false};
    std::vector<Case> cases;
    for (reference::Layer layer :
         {plain, borders, long_windows, dense, few_filters, one_filter, two_filters, six_filters})
        for (bool channels_first : {false, true}) {
            Case c{layer};
            c.layer.channels_first = channels_first;
            c.bias = true;
            c.activation.function = function;
            cases.push_back(c);
        }
    return cases;
}

// The same case with images [0, batch), of which those of `slots` are the one of the operands of a batch of
// one.
struct Batch {
    Case c;
    Operands operands;
};
Batch surround(const Case& single, const Operands& image, int64_t batch, const std::set<int64_t>& slots,
               Random& random) {
    Case c = single;
    c.layer.batch = batch;
    Operands o = image;
    o.input = random.reals(c.layer.input_size());
    o.output_gradient = random.reals(c.layer.output_size());
    for (const int64_t slot : slots) {
        std::copy(image.input.begin(), image.input.end(),
                  o.input.begin() + slot * int64_t(image.input.size()));
        std::copy(image.output_gradient.begin(), image.output_gradient.end(),
                  o.output_gradient.begin() + slot * int64_t(image.output_gradient.size()));
    }
    return {c, o};
}

Floats image_of(const Floats& tensor, int64_t batch, int64_t slot) {
    const int64_t image = int64_t(tensor.size()) / batch;
    return Floats(tensor.begin() + slot * image, tensor.begin() + (slot + 1) * image);
}

class Bits : public TargetTest {
  protected:
    // One image's result must be the same in all these batches, at the first, a middle and the last place,
    // for any number of threads and any alignment.
    void expect_same_image(Operation operation, const Case& single, const std::vector<int64_t>& batches) {
        Random random(1);
        const Operands image = real_operands(single.layer, random);
        Floats expected;
        int64_t offset = 0;
        // The threads of the processor have no part in what a device does.
        for (int threads : is_device() ? std::vector{1} : std::vector{1, 2, 3, 7, 16})
            for (int64_t batch : batches) {
                const std::set<int64_t> slots{0, batch / 2, batch - 1};
                Batch b = surround(single, image, batch, slots, random);
                b.c.threads = threads;
                b.c.placement = {Placement::left, offset};
                offset = (offset + 20) % 64;
                const Floats result = run(operation, b.c, b.operands)[0];
                for (const int64_t slot : slots) {
                    const Floats actual = image_of(result, batch, slot);
                    if (expected.empty()) expected = actual;
                    EXPECT_TRUE(identical(expected, actual)) << b.c << ", image " << slot;
                }
                if (HasFailure()) return;
            }
    }

    // Devices have two orders, below 8 images and from 8 on.
    void expect_same_forward(const Case& c) {
        if (!is_device()) return expect_same_image(Operation::forward, c, {1, 2, 8, 33});
        expect_same_image(Operation::forward, c, {1, 2, 5, 7});
        expect_same_image(Operation::forward, c, {8, 33});
    }
};

TEST_P(Bits, forward_of_an_image_is_always_the_same) {
    for (const Case& c : layers(lcn::Function::linear)) expect_same_forward(c);
    // Bands of whole tiles, of filters that nearly fill a vector.
    if (!is_device())
        expect_same_image(Operation::forward, {{1, 7, 6, 3, 12, 3, 3, 1, 1, true, false}}, {1, 8, 29, 61});
}

TEST_P(Bits, forward_with_an_activation_of_an_image_is_always_the_same) {
    for (const Case& c : layers(lcn::Function::gelu)) expect_same_forward(c);
}

TEST_P(Bits, backward_input_of_an_image_is_the_same_in_small_batches) {
    for (const Case& c : layers(lcn::Function::linear))
        expect_same_image(Operation::backward_input, c, {1, 2, 7});
}

// Windows that several threads cut have fewer taps than a tile, and go through other kernels.
TEST_P(Bits, backward_input_is_the_same_whatever_kernel_holds_the_filters) {
    for (int64_t filters = 2; filters <= 70; filters++)
        expect_same_image(Operation::backward_input, {{1, 9, 11, 5, filters, 3, 3, 1, 1, false, false}},
                          {1, 2, 7});
}

TEST_P(Bits, backward_input_of_an_image_is_the_same_in_large_batches) {
    for (const Case& c : layers(lcn::Function::linear))
        expect_same_image(Operation::backward_input, c, {8, 9, 33});
}

// Every operation, over the cover: threads and alignment.
TEST_P(Bits, threads_and_alignment_change_nothing) {
    Random random(2);
    for (Case c : pairwise_cases(101))
        for (Operation operation : operations) {
            const Operands o = real_operands(c.layer, random);
            c.threads = 1;
            const Results expected = run(operation, c, o);
            for (int threads : {2, 3, 7, 16})
                for (int64_t offset : {0, 4, 8, 32, 60}) {
                    if (threads != 2 && offset != 4 * threads % 64) continue;
                    c.threads = threads;
                    c.placement = {Placement::left, offset};
                    const Results actual = run(operation, c, o);
                    for (size_t k = 0; k < actual.size(); k++)
                        EXPECT_TRUE(identical(expected[k], actual[k])) << name_of(operation) << " " << c;
                }
            if (HasFailure()) return;
        }
}

// Threads that were started while one mode held work in the next one, too.
TEST_P(Bits, the_rounding_of_the_caller_holds_for_all_threads) {
    std::vector<Results> nearest, upward;
    for (const int mode : {FE_UPWARD, FE_TONEAREST, FE_DOWNWARD, FE_TONEAREST})
        for (Case c : layers(lcn::Function::linear))
            for (Operation operation : operations) {
                Random same(5);
                const Operands o = real_operands(c.layer, same);
                std::fesetround(mode);
                c.threads = 1;
                const Results expected = run(operation, c, o);
                c.threads = 7;
                for (int repetition = 0; repetition < 3; repetition++)
                    EXPECT_TRUE(identical(expected[0], run(operation, c, o)[0]))
                        << "mode " << mode << ", " << name_of(operation) << " " << c;
                std::fesetround(FE_TONEAREST);
                if (mode == FE_UPWARD) upward.push_back(expected);
                if (mode == FE_TONEAREST) nearest.push_back(expected);
            }
    if (is_device()) return;  // it rounds as it does
    EXPECT_FALSE(identical(nearest[0][0], upward[0][0]));
}

TEST_P(Bits, denormals_are_flushed_by_all_threads_or_none) {
    std::fenv_t environment;
    std::fegetenv(&environment);
    for (Case c : layers(lcn::Function::linear))
        for (Operation operation : operations) {
            c.bias = false;  // it would be more than the products
            Random random(7);
            Operands o = real_operands(c.layer, random);
            for (Floats* operand : {&o.input, &o.kernel, &o.output_gradient})
                for (float& value : *operand) value = std::ldexp(value, -70);  // products near 2^-140
            Results flushed, kept;
            for (Results* results : {&kept, &flushed}) {
                if (results == &flushed) flush_denormals();
                c.threads = 1;
                *results = run(operation, c, o);
                c.threads = 7;
                for (int repetition = 0; repetition < 3; repetition++)
                    EXPECT_TRUE(identical((*results)[0], run(operation, c, o)[0]))
                        << name_of(operation) << " " << c;
                std::fesetenv(&environment);
            }
            EXPECT_TRUE(is_device() || !identical(kept[0], flushed[0])) << name_of(operation) << " " << c;
        }
}

TEST_P(Bits, repetition_changes_nothing) {
    Random random(3);
    for (Case c : layers(lcn::Function::gelu))
        for (int64_t batch : {1, 9}) {
            c.layer.batch = batch;
            c.threads = 7;
            const Operands o = real_operands(c.layer, random);
            for (Operation operation : operations) {
                const Results expected = run(operation, c, o);
                for (int repetition = 0; repetition < 20; repetition++)
                    EXPECT_TRUE(identical(expected[0], run(operation, c, o)[0]))
                        << name_of(operation) << " " << c;
                if (HasFailure()) return;
            }
        }
}

LCN_TEST_EVERY_TARGET(Bits);

}  // namespace

}  // namespace lcn_test
