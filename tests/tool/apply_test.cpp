// `lcn apply` on the recorded Keras cases, on every target.
#include <gtest/gtest.h>

#include "layer/expect_recorded.h"
#include "lcn/kernels.h"
#include "run_tool.h"
#include "scratch_folder.h"
#include "tuning_file.h"

namespace {

using namespace lcn;

class Apply : public testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(Apply, AgreesWithKeras) {
    const auto& [name, target_index] = GetParam();
    const TargetInfo target = target_info(target_index);
    if (!target.usable) GTEST_SKIP() << "this machine cannot run " << target.name;
    const ScratchFolder folder;
    const std::string out = folder.file("out");
    const ToolResult run = run_tool({"apply", case_path(name), "-o", out, "--target", target.name});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(run.errors, "");
    EXPECT_EQ(folder.files(), 1);

    const RecordedCase recorded = read_case(case_path(name)), results = read_case(out);
    EXPECT_EQ(results.metadata.at("target"), target.name);
    std::string printed = std::string("target ") + target.name + "\n";
    for (const std::string symbol : nlohmann::json::parse(results.metadata.at("kernels"))) {
        EXPECT_NE(symbol.find(target.name), std::string::npos) << symbol;
        printed += "kernel " + symbol + "\n";
    }
    EXPECT_NE(printed.find("kernel lcn_forward_"), std::string::npos);
    EXPECT_EQ(run.output, printed);
    expect_recorded(recorded, results.tensors);
}

std::string test_name(const testing::TestParamInfo<Apply::ParamType>& info) {
    return std::get<0>(info.param) + "_on_" + target_info(std::get<1>(info.param)).name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, Apply,
                         testing::Combine(testing::ValuesIn(case_names()), testing::Range(0, target_count())),
                         test_name);

TEST(ApplyCommand, WithoutGradOutputWritesNoGradients) {
    const ScratchFolder folder;
    for (const std::string& name : case_names()) {
        RecordedCase recorded = read_case(case_path(name));
        ASSERT_EQ(run_tool({"apply", case_path(name), "-o", folder.file("with")}).exit_code, 0) << name;
        recorded.tensors.erase("grad_output");
        write_safetensors(folder.file("case"), recorded.tensors, recorded.metadata);
        ASSERT_EQ(run_tool({"apply", folder.file("case"), "-o", folder.file("without")}).exit_code, 0);
        const Tensors results = read_case(folder.file("without")).tensors;
        for (const char* gradient : {"grad_input", "grad_kernel", "grad_bias"})
            EXPECT_FALSE(results.count(gradient)) << name;
        EXPECT_EQ(results.at("output").values, read_case(folder.file("with")).tensors.at("output").values);
    }
}

TEST(ApplyCommand, AgreesWithKerasOnAnyNumberOfThreads) {
    const ScratchFolder folder;
    for (const std::string& name : case_names()) {
        const RecordedCase recorded = read_case(case_path(name));
        for (const char* threads : {"1", "2", "7"}) {
            const ToolResult run =
                run_tool({"apply", case_path(name), "--output", folder.file(threads), "--threads", threads});
            ASSERT_EQ(run.exit_code, 0) << run.errors;
            expect_recorded(recorded, read_case(folder.file(threads)).tensors);
        }
    }
}

TEST(ApplyCommand, TakesTheTargetOfTheEnvironment) {
    const ScratchFolder folder;
    const std::string name = case_names().front(), portable = target_info(target_count() - 1).name;
    const ToolResult run =
        run_tool({"apply", case_path(name), "-o", folder.file("out")}, {{"LCN_TARGET", portable}});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(read_case(folder.file("out")).metadata.at("target"), portable);
}

TEST(ApplyCommand, RefusesToReplaceWhatItReads) {
    const ScratchFolder folder;
    const std::string path = folder.file("case"), tuning = folder.file("tuning");
    const RecordedCase recorded = read_case(case_path(case_names().front()));
    write_safetensors(path, recorded.tensors, recorded.metadata);
    lcn::layer::TuningFile file{lcn::layer::kernel_set(), {}};
    file.of(lcn::layer::this_machine());
    lcn::layer::write_tuning_file(tuning, file);
    const std::string before = content(path), tuning_before = content(tuning);
    expect_failure(run_tool({"apply", path, "-o", path}), 2, "is the same file as " + path);
    expect_failure(run_tool({"apply", path, "-o", tuning}, {{"LCN_TUNING", tuning}}), 2,
                   "is the same file as " + tuning);
    EXPECT_EQ(content(path), before);
    EXPECT_EQ(content(tuning), tuning_before);
    EXPECT_EQ(folder.files(), 2);
}

}  // namespace
