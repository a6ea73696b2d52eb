// The command line: usage, exit codes, what goes to which stream, `lcn info`.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "layer/recorded_case.h"
#include "lcn/device.h"
#include "lcn/kernels.h"
#include "run_tool.h"
#include "scratch_folder.h"

namespace {

using nlohmann::json;

struct Usage {
    const char* name;
    std::vector<std::string> arguments;
    const char* reason;
};

const Usage wrong_usages[] = {
    {"nothing", {}, "a command is missing"},
    {"unknown_command", {"nonsense"}, "nonsense"},
    {"unknown_option", {"info", "--probe"}, "--probe"},
    {"superfluous_argument", {"info", "extra"}, "extra"},
    {"apply_without_case", {"apply", "-o", "out"}, "CASE is required"},
    {"apply_without_output", {"apply", "case"}, "--output is required"},
    {"apply_two_cases", {"apply", "a", "b", "-o", "out"}, "b"},
    {"apply_empty_output", {"apply", "case", "-o", ""}, "--output: the name is empty"},
    {"layers_empty_output", {"layers", "model", "--output="}, "--output"},
    {"run_without_model", {"run", "-o", "out"}, "MODEL is required"},
    {"run_without_input", {"run", "model", "-o", "out"}, "INPUT is required"},
    {"run_without_output", {"run", "model", "input"}, "--output is required"},
    {"run_unknown_target", {"run", "a", "b", "-o", "c", "--target", "x86_mmx"}, "--target: x86_mmx"},
    {"run_no_threads", {"run", "a", "b", "-o", "c", "--threads", "0"}, "--threads: Value 0"},
    {"layers_without_model", {"layers"}, "MODEL is required"},
    {"option_without_value", {"apply", "a", "-o"}, "--output"},
    {"unknown_target", {"apply", "a", "-o", "b", "--target", "x86_mmx"}, "--target: x86_mmx"},
    {"empty_target", {"apply", "a", "-o", "b", "--target", ""}, "--target"},
    {"test_target", {"apply", "a", "-o", "b", "--target", "x86_avx512_on_avx2"}, "x86_avx512_on_avx2"},
    {"no_threads", {"apply", "a", "-o", "b", "--threads", "0"}, "--threads: Value 0"},
    {"many_threads", {"apply", "a", "-o", "b", "--threads", "1025"}, "--threads: Value 1025"},
    {"no_number", {"apply", "a", "-o", "b", "--threads", "two"}, "two"},
    {"tune_without_shape", {"tune"}, "a shape is missing, or --suite"},
    {"tune_no_shape", {"tune", "keras_doc_3"}, "\"keras_doc_3\": neither a line of the suite"},
    {"tune_kernel_too_large", {"tune", "4x4x3:5x5x8"}, "kernel_rows"},
    {"explain_hexadecimal_batch",
     {"info", "--explain", "keras_doc_1", "--batch", "0x10"},
     "--batch: Value 0x10"},
    {"tune_no_batch", {"tune", "keras_doc_1", "--batch", "0"}, "--batch: Value 0"},
    {"tune_unknown_rigor", {"tune", "keras_doc_1", "--rigor", "hasty"}, "--rigor: hasty"},
    {"tune_no_time", {"tune", "keras_doc_1", "--time-limit", "0"}, "--time-limit"},
    {"tune_time_that_is_no_number",
     {"tune", "keras_doc_1", "--time-limit", "nan"},
     "--time-limit: Value nan is not a number of seconds"},
    {"tune_long_time", {"tune", "keras_doc_1", "--answer-limit", "1e7"}, "--answer-limit: Value 1e7 is not"},
    {"tune_unknown_operation", {"tune", "keras_doc_1", "--operation", "sideways"}, "sideways"},
    {"tune_forward_only", {"tune", "deepweather_k1", "--operation", "backward_input"}, "none of these"},
    {"explain_no_shape", {"info", "--explain", "3x3"}, "\"3x3\": neither a line of the suite"},
    {"tune_another_machines_target",
     {"tune", "keras_doc_1", "--target", "x86_mmx"},
     "(those of another machine need --runner)"},
    {"line_break", {"info", "two\nlines"}, "two?lines"},
    {"control_of_two_bytes", {"info", "a\u009b2Jb\u202ec"}, "a?2Jb?c"},
    {"bytes_that_continue_nothing", {"info", "a\x80\xbfz"}, "a??z"},
    {"bytes_that_begin_nothing", {"info", "a\xc3y\xe2\x82z\xf8\x80\x80\x80\x80\xff"}, "a?y??z??????"},
    {"characters_in_too_many_bytes", {"info", "a\xc0\x9b\xe0\x82\x9b\xf0\x80\x82\x9b"}, "a?????????"},
    {"no_characters", {"info", "a\xed\xa0\x80\xf4\x90\x80\x80z"}, "a???????z"},
    {"a_character_cut_off", {"info", "a\u00e9\U0001f600\xf0\x9f\x98"}, "a\u00e9\U0001f600???"},
};

class WrongUsage : public testing::TestWithParam<Usage> {};

TEST_P(WrongUsage, ExitsWith2) {
    expect_failure(run_tool(GetParam().arguments), 2, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(Every, WrongUsage, testing::ValuesIn(wrong_usages),
                         [](const testing::TestParamInfo<Usage>& info) { return info.param.name; });

TEST(CommandLine, NumbersAreDecimal) {
    const auto explain = [](const std::string& batch) {
        return run_tool({"info", "--explain", "4x4x1:2x2x1", "--batch", batch, "--threads", "01"}).output;
    };
    EXPECT_NE(explain("010").find(" N10:"), std::string::npos);
    EXPECT_EQ(explain("010"), explain("10"));
}

TEST(CommandLine, HelpGoesToStandardOutput) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                      {"info", "--help"},
                                                      {"apply", "--help"},
                                                      {"run", "--help"},
                                                      {"tune", "--help"}}) {
        const ToolResult run = run_tool(arguments);
        EXPECT_EQ(run.exit_code, 0);
        EXPECT_EQ(run.errors, "");
        EXPECT_NE(run.output.find("Exit codes"), std::string::npos) << run.output;
    }
}

TEST(CommandLine, AnUnknownTargetInTheEnvironmentIsWrongUsage) {
    const ScratchFolder folder;
    const std::vector<std::string> apply = {"apply", case_path(case_names().front()), "-o",
                                            folder.file("out")};
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"info"}, apply})
        expect_failure(run_tool(arguments, {{"LCN_TARGET", "x86_mmx"}}), 2,
                       "LCN_TARGET: no target named 'x86_mmx'");
    EXPECT_EQ(folder.files(), 0);
}

TEST(CommandLine, AFullStandardOutputIsAFailure) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
    for (const char* const option : {"--json", "--help"})
        expect_failure(run_tool({"info", option}, {}, "/dev/full"), 1, "standard output");
}

TEST(CommandLine, AFileThatMayNotGrowIsAFailure) {
    const ScratchFolder folder;
    const std::string command = "ulimit -f 1; exec \"$0\" apply \"$1\" -o \"$2\"";  // 512 or 1024 bytes
    const std::string out = folder.file("out");
    expect_failure(
        run_tool({"-c", command, LCN_TOOL, case_path(case_names().front()), out}, {}, "", "/bin/sh"), 1,
        out + ": File too large");
    EXPECT_EQ(folder.files(), 0);
}

// Files that the tool opens must not get the numbers of its streams.
TEST(CommandLine, StreamsMayBeClosed) {
    const ScratchFolder folder;
    const auto closed = [&](const std::string& redirection) {
        const std::string command = "exec \"$0\" apply \"$1\" -o \"$2\" " + redirection;
        return run_tool({"-c", command, LCN_TOOL, case_path(case_names().front()), folder.file("out")}, {},
                        "", "/bin/sh");
    };
    const ToolResult usual = closed("");
    ASSERT_EQ(usual.exit_code, 0) << usual.errors;
    const std::string expected = content(folder.file("out"));
    for (const char* const redirection : {"<&-", "2>&-", "<&- 2>&-"}) {
        const ToolResult run = closed(redirection);
        EXPECT_EQ(run.exit_code, 0) << redirection;
        EXPECT_EQ(run.output, usual.output) << redirection;
        EXPECT_EQ(content(folder.file("out")), expected) << redirection;
    }
    EXPECT_EQ(closed(">&-").exit_code, 1);
    EXPECT_EQ(closed("<&- >&- 2>&-").exit_code, 1);
    EXPECT_EQ(content(folder.file("out")), expected);
}

TEST(Info, AsJsonNamesEveryTargetAndTheChosenOne) {
    const ToolResult run = run_tool({"info", "--json"});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(run.errors, "");
    const json info = json::parse(run.output);
    EXPECT_EQ(info.at("version"), lcn::version());
    EXPECT_EQ(info.at("chosen_because"), "best usable");
    EXPECT_GE(info.at("threads"), 1);
    int devices = 0;
    for (int t = 0; t < lcn::target_count(); t++) {
        int count = 0;
        if (lcn::target_info(t).device && lcn::device_count(lcn::target_info(t).name, count).ok())
            devices += count;
    }
    EXPECT_EQ(info.at("gpu").size(), size_t(devices));
    ASSERT_EQ(info.at("targets").size(), size_t(lcn::target_count()));
    std::string best;
    int kernels = 0;
    for (int t = 0; t < lcn::target_count(); t++) {
        const json& target = info.at("targets").at(size_t(t));
        EXPECT_EQ(target.at("name"), lcn::target_info(t).name);
        EXPECT_EQ(target.at("usable"), lcn::target_info(t).usable);
        kernels += target.at("kernels").get<int>();
        bool has_all = true;
        for (const std::string feature : target.at("cpu_features"))
            has_all = has_all && info.at("cpu_features").at(feature).get<bool>();
        if (target.at("device")) continue;  // is not chosen
        EXPECT_EQ(target.at("usable"), has_all) << target;
        if (best.empty() && target.at("usable")) best = target.at("name");
    }
    EXPECT_EQ(kernels, lcn::kernel_count());
    EXPECT_EQ(info.at("chosen_target"), best);
}

TEST(Info, AsJsonIsUtf8WhateverTheNamesOfFiles) {
    const ToolResult run = run_tool({"info", "--json"}, {{"LCN_TUNING", "/none/\xff"}});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(json::parse(run.output).at("tuning").at("file"), "/none/\ufffd") << run.output;
}

TEST(Info, SaysThatTheEnvironmentChose) {
    const std::string portable = lcn::target_info(lcn::target_count() - 1).name;
    const json info = json::parse(run_tool({"info", "--json"}, {{"LCN_TARGET", portable}}).output);
    EXPECT_EQ(info.at("chosen_target"), portable);
    EXPECT_EQ(info.at("chosen_because"), "LCN_TARGET");
    const ToolResult text = run_tool({"info"}, {{"LCN_TARGET", portable}});
    EXPECT_NE(text.output.find("chosen: LCN_TARGET"), std::string::npos) << text.output;
}

TEST(Info, AsTextNamesEveryTarget) {
    const ToolResult run = run_tool({"info"});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    for (int t = 0; t < lcn::target_count(); t++)
        EXPECT_NE(run.output.find(std::string("  ") + lcn::target_info(t).name + ": "), std::string::npos);
    EXPECT_NE(run.output.find("chosen: best usable"), std::string::npos);
}

}  // namespace
