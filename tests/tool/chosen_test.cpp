// A library of lcn_add_layer() with TUNING: has the kernels of the file (chosen.json.in) and uses them, with
// the bits of all others.
#include "chosen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "lcn/tuning.h"

namespace {

class Chosen : public testing::Test {
  protected:
    void SetUp() override {
        const auto fill = [](std::vector<float>& values) {
            uint32_t state = 1;
            for (float& v : values) v = float((state = state * 1664525u + 1013904223u) >> 8) / (1 << 24);
        };
        fill(input_), fill(kernel_), fill(bias_);
        ASSERT_TRUE(chosen_set_target("portable").ok());
        ASSERT_TRUE(lcn::set_target("portable").ok());
    }
    void TearDown() override { lcn::set_target(nullptr), lcn::set_threads(1); }

    // The tile that did the work.
    std::string tile(int64_t batch, int threads) {
        lcn::set_threads(threads);
        int64_t bytes = 0;
        EXPECT_TRUE(chosen_workspace_bytes(batch, bytes).ok());
        std::vector<float> workspace(size_t(bytes) / 4);
        chosen_forget_kernels_ran();
        EXPECT_TRUE(chosen(batch, input_.data(), kernel_.data(), bias_.data(), output_.data(),
                           {workspace.data(), bytes})
                        .ok());
        std::string tile = "none";
        for (int k = 0; k < chosen_kernel_count(); k++)
            if (chosen_kernel_info(k).ran) tile = std::strstr(chosen_kernel_info(k).symbol, "portable_");
        return tile;
    }

    static lcn::Problem problem(int64_t batch) {
        lcn::Problem p;
        p.batch = batch, p.input_rows = 8, p.input_columns = 8, p.channels = 64, p.filters = 32;
        p.kernel_rows = 3, p.kernel_columns = 3;
        return p;
    }

    // The tile that the cost model chooses.
    static std::string usual_tile(int64_t batch) {
        lcn::set_threads(1);
        lcn::TuningChoice choice;
        EXPECT_TRUE(lcn::tuning_choice(problem(batch), lcn::Operation::forward, choice).ok());
        return std::strstr(choice.kernel, "portable_");
    }

    std::vector<float> general(int64_t batch) {
        const lcn::Problem p = problem(batch);
        int64_t bytes = 0;
        EXPECT_TRUE(lcn::workspace_bytes(p, lcn::Operation::forward, bytes).ok());
        std::vector<float> workspace(size_t(bytes) / 4), output(size_t(batch * chosen_output_size));
        EXPECT_TRUE(lcn::forward(p, input_.data(), kernel_.data(), bias_.data(), output.data(), nullptr,
                                 {workspace.data(), bytes})
                        .ok());
        return output;
    }

    std::vector<float> input_ = std::vector<float>(8 * chosen_input_size);
    std::vector<float> kernel_ = std::vector<float>(chosen_kernel_size);
    std::vector<float> bias_ = std::vector<float>(chosen_bias_size);
    std::vector<float> output_ = std::vector<float>(8 * chosen_output_size);
};

TEST_F(Chosen, RunsTheKernelsOfItsFile) {
    EXPECT_EQ(tile(8, 1).rfind("portable_4x1_unroll4", 0), 0u) << tile(8, 1);
    EXPECT_EQ(tile(6, 1).rfind("portable_3x2_unroll4", 0), 0u)
        << "a candidate, which lcn itself does not have";
    // The first of several numbers of threads stands for all of them.
    for (const int threads : {2, 3, 16})
        EXPECT_EQ(tile(8, threads).rfind("portable_2x1_unroll4", 0), 0u) << tile(8, threads);
    // The file says that the cost model is right.
    EXPECT_EQ(tile(4, 1), usual_tile(4));
}

TEST_F(Chosen, HasTheBitsOfTheGeneralKernels) {
    for (const int64_t batch : {1, 4, 6, 8})
        for (const int threads : {1, 2}) {
            tile(batch, threads);
            const std::vector<float> expected = general(batch);
            EXPECT_EQ(std::memcmp(expected.data(), output_.data(), expected.size() * sizeof(float)), 0);
        }
}

}  // namespace
