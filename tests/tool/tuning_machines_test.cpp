// Which machine's entries of a file of tunings count here.
#include "tuning_files.h"

namespace {

using lcn::Operation;
using lcn::TuningOrigin;
using lcn::TuningRule;
using lcn::layer::Machine;
using lcn::layer::TuningFile;

TEST(Machines, AreComparedByModelThenByFeatures) {
    const Machine here = {"AuthenticAMD", "EPYC 7763", 25, 1, 1, {"avx2", "fma"}};
    Machine other = here;
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::this_machine);
    other.brand = "EPYC 7543";
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::same_microarchitecture);
    other.stepping = 2;
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::same_microarchitecture);
    other.model = 33;
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::same_features);
    other.features.push_back("sse9");
    EXPECT_EQ(lcn::layer::origin_of(other, here), std::nullopt);
    const Machine unknown = {"", "", 0, 0, 0, {"avx2", "fma"}};
    Machine nothing_said;
    nothing_said.features = unknown.features;
    EXPECT_EQ(nothing_said, unknown);
    EXPECT_EQ(lcn::layer::origin_of(unknown, unknown), TuningOrigin::same_features);
}

TEST(Machines, ThisOneIsAlwaysTheSame) {
    const Machine here = lcn::layer::this_machine();
    EXPECT_EQ(here, lcn::layer::this_machine());
    EXPECT_TRUE(lcn::layer::origin_of(here, here));
}

TEST_F(TuningFiles, MayHaveSeveralMachinesAndTheNearestCounts) {
    const std::vector<std::string> kernels = applicable_kernels(small_problem(), Operation::forward);
    ASSERT_GE(kernels.size(), 3u);
    const Machine here = lcn::layer::this_machine();
    Machine brother = here, cousin = here, stranger = here;
    brother.brand = "another brand", cousin.model += 1, stranger.features = {"nothing_known"};
    const Machine machines[] = {stranger, cousin, brother, here};
    const TuningRule rules[] = {TuningRule::same_features, TuningRule::same_microarchitecture,
                                TuningRule::this_machine};
    TuningFile file;
    for (int k = 0; k < 4; k++) {
        file.of(machines[k])
            .rows.push_back(tuned_row(small_problem(), Operation::forward, kernels[size_t(k) % 3]));
        lcn::layer::write_tuning_file(path_, file);
        if (k == 0) {
            expect_refused("made on another machine");
            continue;
        }
        if (here.vendor.empty()) GTEST_SKIP() << "the system does not say which machine this is";
        lcn::load_tuning(path_);
        const lcn::TuningChoice choice = choice_of(small_problem(), Operation::forward);
        EXPECT_EQ(choice.rule, rules[k - 1]);
        EXPECT_EQ(choice.kernel, kernels[size_t(k) % 3]);
    }
    // Two machines that are equally near may both have the problem.
    Machine second = brother;
    second.brand = "a third brand";
    const auto rows = file.of(brother).rows;
    file.of(second).rows = rows;
    lcn::layer::write_tuning_file(path_, file);
    lcn::load_tuning(path_);
    EXPECT_EQ(lcn::tuning_entries(), 3);
}

// Each has its own machine, all equally like this one, as far as anybody may fill a file with them.
TEST_F(TuningFiles, MayHoldNoMoreThanCallsCanLookUp) {
    const Machine here = lcn::layer::this_machine();
    if (here.vendor.empty()) GTEST_SKIP() << "the system does not say which machine this is";
    const auto entries = [&](int machines, int64_t problems) {
        TuningFile file;
        for (int k = 0; k < machines; k++) {
            Machine like = here;
            like.brand = std::to_string(k);
            lcn::layer::TunedMachine& machine = file.of(like);
            for (int64_t n = 0; n < problems; n++)
                machine.rows.push_back(
                    tuned_row(small_problem(k % 2 * problems + n + 1), Operation::forward, ""));
        }
        return entries_for(file, here, false).size();
    };
    EXPECT_EQ(entries(64, 5000), 10'000u);
    expect_error<std::runtime_error>([&] { entries(2, 5001); }, "more than 10000 entries");
}

}  // namespace
