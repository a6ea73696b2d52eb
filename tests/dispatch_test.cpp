// Which kernels the layers of real models get. That no kernel of another target runs is what TargetTest sees
// to.
#include <algorithm>
#include <map>
#include <set>

#include "lcn/kernels.h"
#include "support/gates.h"
#include "support/suite.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

// A layer's sizes, and what runs along vectors: images, filters or taps.
struct Way {
    Operation operation;
    int64_t batch, channels, filters;
    const char* kernels;
};

class Dispatch : public TargetTest {
  protected:
    // Calls the operation for every real layer, with few positions, at all its batches. Where there are
    // filters for vectors, no tile of single filters may do the work.
    void expect_own_kernels(Operation operation) {
        std::map<std::string, std::string> scalar;
        for (const SuiteShape& shape : suite_shapes())
            for (int64_t batch : shape.batches)
                for (bool channels_first : {false, true}) {
                    // 32 images get the tiles of larger batches.
                    Case c{shape.small_layer(std::min<int64_t>(batch, 32))};
                    c.layer.channels_first = channels_first;
                    c.bias = true;
                    lcn::Status status;
                    run_in_place(operation, c, zero_operands(operation, c.layer), status);
                    ASSERT_TRUE(status.ok()) << status.message << " " << shape.id;
                    for (const std::string& symbol : take_kernels_ran())
                        if (shape.filters >= 8 && symbol.find("transpose") == std::string::npos &&
                            symbol.find("_lanes1_") != std::string::npos)
                            scalar.emplace(symbol, "by " + std::string(shape.id) + ", batch " +
                                                       std::to_string(batch) +
                                                       (channels_first ? ", channels_first" : ""));
                }
        for (const auto& [symbol, by] : scalar) ADD_FAILURE() << symbol << " is run " << by;
    }

    // That a layer of these sizes runs a kernel whose symbol begins so.
    void expect_kernel(const Way& of, const std::string& begin) {
        const reference::Layer layer{of.batch, 12, 12, of.channels, of.filters, 3, 3, 1, 1, false, false};
        take_kernels_ran();
        lcn::Status status;
        run_in_place(of.operation, {layer}, zero_operands(of.operation, layer), status);
        ASSERT_TRUE(status.ok()) << status.message;
        const std::vector<std::string> ran = take_kernels_ran();
        EXPECT_TRUE(
            std::any_of(ran.begin(), ran.end(),
                        [&](const std::string& symbol) { return (symbol + "_").find("lcn_" + begin) == 0; }))
            << testing::PrintToString(ran) << " for " << of.batch << " images, " << of.channels
            << " channels, " << of.filters << " filters, instead of " << begin;
    }
};

TEST_P(Dispatch, forward) {
    expect_own_kernels(Operation::forward);
}
TEST_P(Dispatch, backward_input) {
    expect_own_kernels(Operation::backward_input);
}
TEST_P(Dispatch, backward_weights) {
    expect_own_kernels(Operation::backward_weights);
}

constexpr Way ways[] = {
    {Operation::forward, 1, 3, 1, "forward_dot"},
    {Operation::forward, 32, 3, 1, "forward_dot"},
    {Operation::forward, 1, 3, 6, "forward"},
    {Operation::forward, 100, 3, 6, "forward_band"},
    {Operation::forward, 100, 3, 64, "forward"},
    {Operation::backward_input, 1, 3, 1, "backward_input_taps"},
    {Operation::backward_input, 32, 3, 1, "backward_input_taps"},
    {Operation::backward_input, 7, 3, 16, "backward_input_dot"},
    {Operation::backward_input, 8, 3, 16, "backward_input_band"},
    {Operation::backward_input, 8, 1, 16, "backward_input_band"},
    {Operation::backward_weights, 1, 3, 1, "backward_weights_taps"},
    {Operation::backward_weights, 32, 3, 1, "backward_weights_taps"},
    {Operation::backward_weights, 1, 3, 16, "backward_weights"},
    {Operation::backward_weights, 32, 3, 16, "backward_weights"},
};

TEST_P(Dispatch, goes_the_way_of_its_sizes) {
    for (const Way& way : ways) expect_kernel(way, std::string(way.kernels) + "_f32_");
}

// Register tiles that were measured to be the best of those compared; the target's folder in schedules,
// *.tiles.cmake and tuned.md, has the evidence.
struct MeasuredTile {
    const char* target;
    Way way;
    const char* tile;
};
constexpr MeasuredTile measured_tiles[] = {
    {"x86_avx512", {Operation::forward, 4, 64, 16, "forward"}, "4x1"},
    {"x86_avx512", {Operation::forward, 8, 64, 32, "forward"}, "8x2"},
    {"x86_avx512", {Operation::forward, 32, 64, 16, "forward"}, "8x1"},
    {"x86_avx512", {Operation::forward, 32, 64, 32, "forward"}, "8x2"},
    {"x86_avx512", {Operation::forward, 100, 16, 6, "forward_band"}, "6x1"},
    {"x86_avx512", {Operation::forward, 100, 16, 8, "forward_band"}, "8x2"},
    {"x86_avx512", {Operation::backward_input, 1, 64, 32, "backward_input_dot"}, "8x2_prefetch16"},
    {"x86_avx512", {Operation::backward_input, 8, 64, 32, "backward_input_band"}, "8x1_lanes8_unroll1"},
    {"x86_avx512", {Operation::backward_input, 16, 64, 32, "backward_input_band"}, "8x1_unroll1"},
    {"x86_avx512", {Operation::backward_input, 32, 64, 32, "backward_input_band"}, "8x2_unroll1"},
    {"x86_avx2", {Operation::forward, 32, 64, 16, "forward"}, "4x2"},
    {"x86_avx2", {Operation::forward, 32, 64, 32, "forward"}, "2x4"},
    {"x86_avx2", {Operation::forward, 100, 16, 10, "forward_band"}, "5x2"},
    {"x86_avx2", {Operation::forward, 100, 16, 6, "forward_band"}, "6x2"},
    {"x86_avx2", {Operation::forward, 16, 16, 15, "forward_band"}, "5x2"},
    {"x86_avx2", {Operation::backward_input, 32, 64, 32, "backward_input_band"}, "2x4"},
    {"x86_avx2", {Operation::backward_weights, 32, 64, 32, "backward_weights"}, "2x4"},
};

TEST_P(Dispatch, takes_the_tiles_that_were_measured_best) {
    int rows = 0;
    for (const MeasuredTile& t : measured_tiles)
        if (t.target == GetParam()) {
            expect_kernel(t.way, std::string(t.way.kernels) + "_f32_" + t.target + "_" + t.tile + "_");
            rows++;
        }
    if (rows == 0) GTEST_SKIP() << "no tile of " << GetParam() << " is listed";
}

LCN_TEST_EVERY_PROCESSOR(Dispatch);

// What the list of targets says of itself.
TEST(Targets, are_listed_best_first) {
    ASSERT_GT(lcn::target_count(), 0);
    const lcn::TargetInfo last = lcn::target_info(lcn::target_count() - 1);
    EXPECT_STREQ(last.name, "portable");
    EXPECT_TRUE(last.usable);
    for (int k = 0; k < lcn::kernel_count(); k++) {
        const lcn::KernelInfo kernel = lcn::kernel_info(k);
        EXPECT_EQ(std::string(kernel.symbol)
                      .rfind(std::string("lcn_") + kernel.operation + "_f32_" + kernel.target, 0),
                  0u)
            << kernel.symbol;
    }
}

// Another operation in the table needs a test in kernels_test.cpp, activations_test.cpp or axpby_test.cpp.
TEST(Targets, have_no_kernels_that_no_test_goes_through) {
    const std::set<std::string> tested = {"forward",
                                          "forward_dot",
                                          "forward_band",
                                          "backward_input_dot",
                                          "backward_input_taps",
                                          "backward_input_band",
                                          "backward_input_band_upcoming",
                                          "backward_input_gather",
                                          "backward_weights",
                                          "backward_weights_upcoming",
                                          "backward_weights_taps",
                                          "transpose",
                                          "transpose_streaming",
                                          "stream",
                                          "activation",
                                          "activation_gradient",
                                          "axpby"};
    for (int k = 0; k < lcn::kernel_count(); k++)
        EXPECT_TRUE(tested.count(lcn::kernel_info(k).operation)) << lcn::kernel_info(k).symbol;
}

TEST(Targets, are_forced_by_name_and_given_back) {
    const char* best = nullptr;
    ASSERT_TRUE(lcn::set_target(nullptr).ok());
    ASSERT_TRUE(lcn::target(best).ok());
    for (int t = 0; t < lcn::target_count(); t++) {
        const lcn::TargetInfo target = lcn::target_info(t);
        if (!target.usable) continue;
        const char* name = nullptr;
        ASSERT_TRUE(lcn::set_target(target.name).ok());
        ASSERT_TRUE(lcn::target(name).ok());
        EXPECT_STREQ(name, target.name);
        ASSERT_TRUE(lcn::set_target("").ok());
        ASSERT_TRUE(lcn::target(name).ok());
        EXPECT_STREQ(name, best);
    }
}

}  // namespace

}  // namespace lcn_test
