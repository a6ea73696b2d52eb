// Every kernel of the table, one by one, through the exact gate: prefer_kernel() asks for it, and shapes are
// tried until they make it run. A kernel that nothing can run is dead weight, and a failure.
#include "lcn/kernels.h"

#include <algorithm>
#include <cmath>

#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

// One position, filters and batch around the edges of tiles, few and many taps, in random order.
std::vector<Case> small_cases(const std::vector<int64_t>& batches) {
    std::vector<Case> cases;
    Random random(1);
    for (int64_t filters = 1; filters <= 276; filters++)
        for (int64_t batch : batches)
            for (int64_t channels : {1, 5})
                for (bool accumulate : {false, true}) {
                    if (filters > 36 && filters % 4 > 1) continue;
                    const int64_t rows = 1 + random.below(2), columns = 1 + random.below(3);
                    Case c{{batch, rows, columns, channels, filters, rows, columns, 1, 1, false, false}};
                    c.accumulate = accumulate;
                    cases.push_back(c);
                }
    for (size_t k = cases.size() - 1; k > 0; k--) std::swap(cases[k], cases[random.below(int64_t(k) + 1)]);
    return cases;
}

// Gradients on whole cache lines, which streaming asks for, and one whose rows of filters are not.
std::vector<Case> streamed_cases() {
    std::vector<Case> cases;
    for (int64_t filters :
         {16, 32, 48, 64, 80, 81, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 272})
        for (int64_t batch : {1, 3}) {
            Case c{{batch, 2, 3, 5, filters, 2, 3, 1, 1, false, false}};
            c.placement.edge = Placement::left;
            cases.push_back(c);
        }
    return cases;
}

// Gradients of the input of many images, of pixels that are whole vectors.
std::vector<Case> streamed_pixels() {
    std::vector<Case> cases;
    for (int64_t channels : {8, 24, 16})
        for (int64_t batch : {8, 9, 33}) {
            Case c{{batch, 3, 4, channels, 5, 2, 3, 1, 1, false, false}};
            c.placement.edge = Placement::left;
            cases.push_back(c);
        }
    return cases;
}

// Few filters, whose taps run along vectors: rows of fewer taps than a vector, of as many, and of more; one
// row and two.
std::vector<Case> few_filters_cases(const std::vector<int64_t>& filters) {
    std::vector<Case> cases;
    for (int64_t channels : {5, 4, 8, 16, 21, 7, 33, 1, 9})
        for (int64_t batch : {1, 2, 5, 9, 20})
            for (int64_t columns : {1, 3})
                for (int64_t rows : {2, 1})
                    for (int64_t f : filters)
                        cases.push_back(
                            {{batch, rows, columns, channels, f, rows, columns, 1, 1, false, false}});
    return cases;
}

// For devices, whose kernels may want filters and channels in fours.
std::vector<Case> device_cases(const std::vector<int64_t>& batches) {
    std::vector<Case> cases;
    for (int64_t filters : {1, 3, 4, 5, 8, 16, 20, 33, 36, 68})
        for (int64_t channels : {3, 1, 5, 4, 8, 20})
            for (int64_t batch : batches)
                for (bool accumulate : {false, true}) {
                    Case c{{batch, 2, 3, channels, filters, 2, 3, 1, 1, false, false}};
                    c.accumulate = accumulate;
                    cases.push_back(c);
                }
    // Gradients of one image at many positions have kernels of their own.
    for (int64_t filters : {4, 16, 36, 68, 5})
        for (int64_t channels : {4, 3, 8})
            cases.push_back({{1, 6, 10, channels, filters, 2, 3, 1, 1, false, false}});
    return cases;
}

// The same layer at several positions: with borders, and in the other data format.
std::vector<Case> variants(const Case& single) {
    Case borders = single, other_format = single;
    borders.layer.same = true;
    borders.layer.rows += 1, borders.layer.columns += 2;
    other_format.layer.channels_first = true;
    other_format.layer.rows += 2, other_format.layer.columns += 9;
    return {single, borders, other_format};
}

// The same layer on an image whose pixels few windows reach, each another number of them.
Case with_strides(Case c) {
    c.layer.same = true;
    c.layer.rows += 3, c.layer.columns += 8;
    c.layer.stride_rows = 2, c.layer.stride_columns = 2;
    return c;
}

// An infinite element reaches those results alone that read it: what a kernel leaves out it does not
// multiply by 0.
Operands with_infinity(Operands operands) {
    operands.output_gradient.back() = HUGE_VALF;
    return operands;
}

class Kernels : public TargetTest {
  protected:
    // Sends every kernel of an operation of the table through `operation`, on several of the cases.
    void check_each(const std::string& kernels, Operation operation, std::vector<Case> cases) {
        std::string dead;
        bool any = false;
        if (is_device()) cases = device_cases({1, 2, 4, 9, 33});
        for (int k = 0; k < lcn::kernel_count(); k++) {
            const lcn::KernelInfo kernel = lcn::kernel_info(k);
            if (kernel.target != GetParam() || kernel.operation != kernels) continue;
            any = true;
            SCOPED_TRACE(kernel.symbol);
            ASSERT_TRUE(lcn::prefer_kernel(kernel.symbol).ok());
            if (!check_on_some(kernel.symbol, operation, cases)) dead += std::string("\n  ") + kernel.symbol;
            if (HasFatalFailure()) return;
        }
        EXPECT_EQ(dead, "") << "no shape makes these kernels run";
        if (!any) GTEST_SKIP() << GetParam() << " has no kernel " << kernels;
    }

  private:
    // False when no case makes the kernel run.
    bool check_on_some(const std::string& symbol, Operation operation, const std::vector<Case>& cases) {
        int accepted = 0;
        Random random(2);
        for (const Case& c : cases) {
            if (!runs(symbol, operation, c)) continue;
            for (const Case& variant : variants(c))
                check(operation, variant, integer_operands(variant.layer, random), exact);
            if (is_device()) {
                const Case strides = with_strides(c);
                check(operation, strides, with_infinity(integer_operands(strides.layer, random)), exact);
            }
            if (++accepted == 5 || HasFailure()) break;
        }
        return accepted > 0;
    }

    bool runs(const std::string& symbol, Operation operation, const Case& c) {
        take_kernels_ran();
        run(operation, c, zero_operands(operation, c.layer));
        const std::vector<std::string> ran = take_kernels_ran();
        return std::count(ran.begin(), ran.end(), symbol) > 0;
    }
};

// As transposes need several positions in channels_first.
std::vector<Case> planes(std::vector<Case> cases) {
    for (Case& c : cases) c = variants(c).back();
    return cases;
}

// Windows of few taps, and images enough for several groups of them and that the last has fewer.
std::vector<Case> fetched_cases() {
    std::vector<Case> cases;
    for (const int64_t batch : {300, 69})
        for (const int64_t filters : {16, 32, 64})
            for (const int64_t channels : {3, 16, 8, 9})
                for (const int64_t kernel : {1, 3})
                    cases.push_back({{batch, 4, 7, channels, filters, kernel, kernel, 1, 1, false, false}});
    return cases;
}

TEST_P(Kernels, forward) {
    check_each("forward", Operation::forward, small_cases({1, 2, 5, 9}));
}
TEST_P(Kernels, forward_dot) {
    check_each("forward_dot", Operation::forward, few_filters_cases({1, 2}));
}
TEST_P(Kernels, forward_band) {
    std::vector<Case> cases = few_filters_cases({3, 4, 5, 6, 7});
    for (const int64_t filters : {8, 11, 16})
        for (const int64_t batch : {32, 61, 70})
            cases.push_back({{batch, 5, 6, 3, filters, 4, 3, 1, 1, true, false}});
    check_each("forward_band", Operation::forward, cases);
}
TEST_P(Kernels, backward_input_taps) {
    check_each("backward_input_taps", Operation::backward_input, few_filters_cases({1, 2}));
}
TEST_P(Kernels, backward_input_dot) {
    check_each("backward_input_dot", Operation::backward_input, small_cases({1, 2, 7}));
}
TEST_P(Kernels, backward_input_band) {
    check_each("backward_input_band", Operation::backward_input, small_cases({8, 9, 17, 32, 64}));
}
TEST_P(Kernels, backward_input_band_upcoming) {
    check_each("backward_input_band_upcoming", Operation::backward_input, fetched_cases());
}
TEST_P(Kernels, backward_input_gather) {
    check_each("backward_input_gather", Operation::backward_input, {});
}
TEST_P(Kernels, backward_weights) {
    std::vector<Case> cases = streamed_cases();
    for (const Case& c : small_cases({1, 2, 9})) cases.push_back(c);
    check_each("backward_weights", Operation::backward_weights, cases);
}
TEST_P(Kernels, backward_weights_upcoming) {
    check_each("backward_weights_upcoming", Operation::backward_weights, fetched_cases());
}
TEST_P(Kernels, backward_weights_taps) {
    std::vector<Case> cases = few_filters_cases({1, 2});
    for (Case c : few_filters_cases({1, 2})) {
        c.accumulate = true;
        cases.push_back(c);
    }
    check_each("backward_weights_taps", Operation::backward_weights, cases);
}
TEST_P(Kernels, transpose) {
    const std::vector<Case> cases = planes(small_cases({1, 9}));
    for (Operation operation : operations) check_each("transpose", operation, cases);
}
TEST_P(Kernels, transpose_streaming) {
    check_each("transpose_streaming", Operation::backward_input, streamed_pixels());
}
TEST_P(Kernels, stream) {
    check_each("stream", Operation::backward_weights, streamed_cases());
}

LCN_TEST_EVERY_TARGET(Kernels);

}  // namespace

}  // namespace lcn_test
