// The parts of the tuner: its searches, what they write and compute, the names of problems.
#include "tune/tuner.h"

#include <gtest/gtest.h>

#include "lcn/tuning.h"
#include "support/expect_error.h"
#include "tune/operands.h"
#include "tune/problems.h"
#include "tune/statistics.h"
#include "tuning_rows.h"

namespace {

using lcn::Operation;
using lcn::layer::TunedRow;
using lcn::tool::TunerSettings;

TEST(Tuner, IsStoppedBetweenSamplesAndLeavesNothingBehind) {
    lcn::set_threads(1);
    const std::string usual = choice_of(small_problem(), Operation::forward).kernel;
    for (const int after : {0, 3, 40}) {
        int asked = 0;
        TunerSettings settings;
        settings.stop = [&] { return asked++ >= after; };
        EXPECT_THROW(tune_problem(small_problem(), Operation::forward, "", settings), lcn::tool::Stopped);
        EXPECT_EQ(choice_of(small_problem(), Operation::forward).kernel, usual);
    }
}

TEST(Tuner, ShowsItsProgressAndKeepsEverySample) {
    lcn::set_threads(1);
    TunerSettings settings;
    std::vector<std::string> phases;
    settings.progress = [&](const lcn::tool::Progress& p) {
        EXPECT_GE(p.best_gain, 1.0 - 1.0 * (std::string(p.phase) == "comparing"));
        if (phases.empty() || phases.back() != p.phase) phases.push_back(p.phase);
    };
    const TunedRow row = tune_problem(small_problem(), Operation::forward, "", settings);
    ASSERT_GE(phases.size(), 2u);
    EXPECT_EQ(phases[0], "checking");
    EXPECT_EQ(phases[1], "timing");
    EXPECT_EQ(row.samples.size(), applicable_kernels(small_problem(), Operation::forward).size() + 1);
    EXPECT_GE(row.samples[0].seconds.size(), 5u);
    for (const TunedRow::Samples& s : row.samples) EXPECT_FALSE(s.seconds.empty()) << s.kernel;
}

TEST(Tuner, TriesOtherOrdersOfSummationWhenThatIsAskedFor) {
    lcn::set_threads(1);
    TunerSettings settings;
    const lcn::Problem p = lcn::tool::problems_of("6x6x8:3x3x17:n2", {})[0].problem;
    const size_t usual = tune_problem(p, Operation::forward, "", settings).samples.size();
    settings.reorders = true;
    const TunedRow row = tune_problem(p, Operation::forward, "", settings);
    EXPECT_GT(row.samples.size(), usual);
    EXPECT_TRUE(row.may_reorder);
}

TEST(Operands, NoticeWhatIsWrittenOutside) {
    lcn::tool::Guarded guarded(10);
    EXPECT_TRUE(guarded.intact());
    for (const int64_t index : {-1, 10, -64, 73}) {
        const float before = guarded.data()[index];
        guarded.data()[index] = 0;
        EXPECT_FALSE(guarded.intact()) << index;
        guarded.data()[index] = before;
        EXPECT_TRUE(guarded.intact());
    }
}

TEST(Statistics, OfAMedian) {
    lcn::tool::SeededNumbers numbers(1);
    EXPECT_EQ(lcn::tool::median({3, 1, 2}), 2);
    EXPECT_EQ(lcn::tool::median({4, 1, 2, 3}), 2.5);
    EXPECT_EQ(lcn::tool::spread_of_median({2, 2, 2, 2}, numbers), 0);
    std::vector<double> narrow, wide;
    for (int k = 0; k < 51; k++) narrow.push_back(1 + 0.001 * k), wide.push_back(1 + 0.1 * k);
    const double small = lcn::tool::spread_of_median(narrow, numbers);
    EXPECT_GT(small, 0.001);
    EXPECT_LT(small, 0.02);
    EXPECT_GT(lcn::tool::spread_of_median(wide, numbers), 10 * small);
    lcn::tool::SeededNumbers one(5), other(5);
    EXPECT_EQ(lcn::tool::spread_of_median(wide, one), lcn::tool::spread_of_median(wide, other));
}

TEST(Problems, AreNamedByTheSuiteAndByTheirSizes) {
    const auto suite = lcn::tool::problems_of("deepface_L5", {});
    ASSERT_EQ(suite.size(), 2u);
    EXPECT_EQ(suite[1].name, "deepface_L5 N32");
    EXPECT_EQ(suite[1].problem.batch, 32);
    EXPECT_EQ(suite[1].problem.stride_rows, 2);
    EXPECT_EQ(suite[1].operations.size(), 3u);
    EXPECT_EQ(lcn::tool::problems_of("deepweather_k1:n3", {})[0].operations.size(), 1u);
    const auto own = lcn::tool::problems_of("9x8x7:3x2x5:s2x1:same:channels_first:n4", {});
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(own[0].name, "9x8x7:3x2x5:s2x1:same:channels_first N4");
    const lcn::Problem& p = own[0].problem;
    EXPECT_EQ(p.batch, 4);
    EXPECT_EQ(p.input_rows, 9);
    EXPECT_EQ(p.input_columns, 8);
    EXPECT_EQ(p.channels, 7);
    EXPECT_EQ(p.kernel_rows, 3);
    EXPECT_EQ(p.kernel_columns, 2);
    EXPECT_EQ(p.filters, 5);
    EXPECT_EQ(p.stride_rows, 2);
    EXPECT_EQ(p.stride_columns, 1);
    EXPECT_EQ(p.padding, lcn::Padding::same);
    EXPECT_EQ(p.data_format, lcn::DataFormat::channels_first);
    EXPECT_EQ(lcn::tool::problems_of("9x8x7:3x2x5", {1, 2, 3}).size(), 3u);
    EXPECT_EQ(lcn::tool::problems_of(LCN_CASES "/models/net_i3_cl.io.safetensors", {}).size(), 2u);
}

TEST(Problems, ThatAreNoneAreRefused) {
    const char* const wrong[][2] = {
        {"nonsense", "neither a line of the suite"},
        {"9x8x7", "neither a line of the suite"},
        {"9x8:3x2x5", "'9x8' is not 3 positive sizes"},
        {"9x8x7:3x2x0", "'3x2x0' is not 3 positive sizes"},
        {"9x8xc:3x2x5", "'9x8xc' is not"},
        {"9x8x7:3x2x5:s2", "'2' is not 2 positive sizes"},
        {"9x8x7:3x2x5:n", "'' is not 1 positive sizes"},
        {"9x8x7:3x2x5:valid", "'valid' is none of"},
        {"9x8x7:10x2x5", "kernel_rows"},
        {"keras_doc_1:same", "takes :n8 (images) alone"},
        {"9x8x99999999999999999999:3x2x5", "is not 3"},
        {"", "neither a line of the suite"},
    };
    for (const auto& [word, reason] : wrong)
        expect_error<std::runtime_error>([&, w = word] { lcn::tool::problems_of(w, {}); }, reason);
}

}  // namespace
