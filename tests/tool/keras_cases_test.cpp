// The recorded Keras cases through the library, on every target.
#include <gtest/gtest.h>

#include "errors.h"
#include "expect_recorded.h"
#include "layer_run.h"
#include "lcn/kernels.h"

namespace {

using namespace lcn;
using namespace lcn::tool;

bool any_contains(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

std::string first_usable_target() {
    int index = 0;
    while (!target_info(index).usable) index++;
    return target_info(index).name;
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
    const LayerConfig layer = parse_layer_config(recorded.metadata.at("config"));
    const Problem problem = problem_for(layer, recorded.tensors.at("input").shape);

    ASSERT_TRUE(set_target(target.name).ok());
    forget_kernels_ran();
    const Tensors results = run_layer(problem, recorded.tensors);
    const std::vector<std::string> kernels = kernels_ran(target.name);
    for (const char* operation : {"lcn_forward_", "lcn_backward_input_", "lcn_backward_weights_"})
        EXPECT_TRUE(any_contains(kernels, operation)) << operation;
    expect_recorded(problem, recorded, results);
}

std::string test_name(const testing::TestParamInfo<KerasCase::ParamType>& info) {
    return std::get<0>(info.param) + "_on_" + target_info(std::get<1>(info.param)).name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, KerasCase,
                         testing::Combine(testing::ValuesIn(case_names()), testing::Range(0, target_count())),
                         test_name);

TEST(KerasCases, EveryFamilyIsThereInBothFormats) {
    for (const char* family : {"_core_i1_", "_act_", "_nobias_i1_"})
        for (const char* format : {"_cl_", "_cf_"}) {
            const std::vector<std::string> names = case_names();
            EXPECT_TRUE(std::any_of(names.begin(), names.end(),
                                    [&](const std::string& name) {
                                        return name.find(family) != std::string::npos &&
                                               name.find(format) != std::string::npos;
                                    }))
                << family << format;
        }
}

TEST(KernelsRan, OfAnotherTargetAreAnError) {
    const std::string best = first_usable_target(), portable = target_info(target_count() - 1).name;
    if (best == portable) GTEST_SKIP() << "this machine can run " << portable << " alone";
    const RecordedCase recorded = read_case(case_path(case_names().front()));
    const LayerConfig layer = parse_layer_config(recorded.metadata.at("config"));

    ASSERT_TRUE(set_target(portable.c_str()).ok());
    forget_kernels_ran();
    run_layer(problem_for(layer, recorded.tensors.at("input").shape), recorded.tensors);
    EXPECT_FALSE(kernels_ran(portable).empty());
    EXPECT_THROW(kernels_ran(best), std::runtime_error);
    ASSERT_TRUE(set_target(nullptr).ok());
}

}  // namespace
