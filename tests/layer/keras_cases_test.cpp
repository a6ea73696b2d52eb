// The recorded Keras cases through the library, on every target.
#include <gtest/gtest.h>

#include "apply.h"
#include "expect_recorded.h"
#include "lcn/kernels.h"

namespace {

using namespace lcn;

std::string first_usable_target() {
    int index = 0;
    while (!target_info(index).usable) index++;
    return target_info(index).name;
}

Tensors run_recorded(const RecordedCase& recorded) {
    LocallyConnected layer = LocallyConnected2D::from_config(recorded.metadata.at("config"));
    return tool::run_case(layer, recorded.tensors);
}

class KerasCase : public testing::TestWithParam<std::tuple<std::string, int>> {
  protected:
    void TearDown() override { ASSERT_TRUE(set_target(nullptr).ok()); }
};

TEST_P(KerasCase, AgreesWithKeras) {
    const auto& [name, target_index] = GetParam();
    const TargetInfo target = target_info(target_index);
    if (!target.usable) GTEST_SKIP() << "this machine cannot run " << target.name;
    const RecordedCase recorded = read_case(case_path(name));

    tool::prepare({target.name, 0});
    const Tensors results = run_recorded(recorded);
    const std::string kernels = tool::kernels_ran().at("kernels");
    for (const char* operation : {"lcn_forward_", "lcn_backward_input_", "lcn_backward_weights_"})
        EXPECT_NE(kernels.find(operation), std::string::npos) << operation;
    expect_recorded(recorded, results);
}

std::string test_name(const testing::TestParamInfo<KerasCase::ParamType>& info) {
    return std::get<0>(info.param) + "_on_" + target_info(std::get<1>(info.param)).name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, KerasCase,
                         testing::Combine(testing::ValuesIn(case_names()), testing::Range(0, target_count())),
                         test_name);

TEST(KerasCases, EveryFamilyIsThereInBothFormats) {
    const std::vector<std::string> names = case_names();
    for (const char* family : {"_core_", "_act_", "_nobias_", "_reg_", "_con_"})
        for (const char* format : {"_cl_", "_cf_"})
            EXPECT_TRUE(std::any_of(names.begin(), names.end(),
                                    [&](const std::string& name) {
                                        return name.find(family) != std::string::npos &&
                                               name.find(format) != std::string::npos;
                                    }))
                << family << format;
    EXPECT_GE(names.size(), 97u);
}

TEST(KernelsRan, OfAnotherTargetAreAnError) {
    const std::string best = first_usable_target(), portable = target_info(target_count() - 1).name;
    if (best == portable) GTEST_SKIP() << "this machine can run " << portable << " alone";
    tool::prepare({portable, 0});
    run_recorded(read_case(case_path(case_names().front())));
    EXPECT_NE(tool::kernels_ran().at("kernels"), "[]");
    ASSERT_TRUE(set_target(best.c_str()).ok());
    EXPECT_THROW(tool::kernels_ran(), std::runtime_error);
    ASSERT_TRUE(set_target(nullptr).ok());
}

}  // namespace
