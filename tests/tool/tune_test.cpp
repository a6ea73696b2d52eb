// The commands `lcn tune` and `lcn info --explain`, and the tool under LCN_TUNING.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "layer/recorded_case.h"
#include "run_tool.h"
#include "scratch_folder.h"
#include "tuning_rows.h"

namespace {

using lcn::Operation;
using nlohmann::json;

// A file that names another kernel than the usual one for `p`; the name.
std::string write_other_kernel(const std::string& path, const lcn::Problem& p) {
    lcn::set_threads(1);
    const std::string usual = choice_of(p, Operation::forward).built_in;
    std::string other;
    for (const std::string& symbol : applicable_kernels(p, Operation::forward))
        if (symbol != usual) other = symbol;
    lcn::layer::TuningFile file;
    file.of(lcn::layer::this_machine()).rows.push_back(tuned_row(p, Operation::forward, other));
    lcn::layer::write_tuning_file(path, file);
    return other;
}

class Tune : public testing::Test {
  protected:
    const ScratchFolder folder_;
    const std::string path_ = folder_.file("tuning.json");

    std::vector<std::string> command(std::vector<std::string> more) const {
        more.insert(more.begin(), {"tune", "-o", path_, "--threads", "1"});
        return more;
    }
};

TEST_F(Tune, ChoicesAreWrittenForCMake) {
    lcn::layer::TuningFile file;
    file.kernels = "0123456789abcdef";  // another library's
    lcn::layer::Machine phone, other;
    phone.vendor = "a phone's", other.vendor = "another's";
    lcn::Problem p = small_problem();
    const auto add = [&](const lcn::layer::Machine& machine, int threads, const std::string& kernel) {
        lcn::layer::TunedRow row = row_of_others(p, "arm_neon", kernel);
        row.threads = threads;
        file.of(machine).rows.push_back(row);
    };
    add(phone, 1, "lcn_forward_f32_arm_neon_4x2"), add(phone, 4, ""), add(phone, 2, "");
    add(other, 1, "lcn_forward_f32_arm_neon_4x4");
    p.padding = lcn::Padding::same, p.stride_rows = 2;
    add(other, 1, "lcn_forward_f32_arm_neon_8x1");
    lcn::layer::write_tuning_file(path_, file);
    const ToolResult run = run_tool({"choices", path_});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(run.output,
              "set(target arm_neon)\n"
              "lcn_tuned(forward 6x7x5:3x3x24:n9 1 lcn_forward_f32_arm_neon_4x2 1.250 0.010 2 "
              "lcn_forward_f32_arm_neon_1x1)\n"
              "lcn_tuned(forward 6x7x5:3x3x24:n9 more - 1.250 0.010 4 lcn_forward_f32_arm_neon_1x1)\n"
              "lcn_tuned(forward 6x7x5:3x3x24:s2x1:same:n9 1 lcn_forward_f32_arm_neon_8x1 1.250 0.010 2 "
              "lcn_forward_f32_arm_neon_1x1)\n");
    const std::string written = folder_.file("choices.cmake");
    ASSERT_EQ(run_tool({"choices", path_, "-o", written}).exit_code, 0);
    EXPECT_EQ(std::filesystem::file_size(written), run.output.size());
    expect_failure(run_tool({"choices", path_, "-o", path_}), 2, "is the same file");
}

TEST_F(Tune, ChoicesThatMayChangeBitsAreRefused) {
    lcn::layer::TuningFile file;
    lcn::layer::TunedRow row = tuned_row(small_problem(), Operation::forward,
                                         applicable_kernels(small_problem(), Operation::forward).front());
    row.reorders = row.may_reorder = true;
    file.of(lcn::layer::this_machine()).rows.push_back(row);
    lcn::layer::write_tuning_file(path_, file);
    const ToolResult run = run_tool({"choices", path_});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.output, "");
    EXPECT_NE(run.errors.find(path_ + ": kernel " + row.kernel + " may change bits"), std::string::npos)
        << run.errors;
}

TEST_F(Tune, WritesAFileThatTheLibraryTakes) {
    const ToolResult run = run_tool(command({small, "--json"}));
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_NE(run.errors.find("1/3 forward 6x7x5:3x3x24 N9"), std::string::npos) << run.errors;
    EXPECT_EQ(run.errors.find('\r'), std::string::npos);
    const json result = json::parse(run.output);
    EXPECT_EQ(result.at("file"), path_);
    EXPECT_EQ(result.at("stopped"), nullptr);
    ASSERT_EQ(result.at("entries").size(), 3u);
    EXPECT_EQ(folder_.files(), 1);
    const lcn::layer::TuningFile file = lcn::layer::read_tuning_file(path_);
    ASSERT_EQ(file.machines.size(), 1u);
    ASSERT_EQ(file.machines[0].rows.size(), 3u);
    for (const lcn::layer::TunedRow& row : file.machines[0].rows) {
        EXPECT_EQ(row.threads, 1);
        EXPECT_EQ(row.target, present_target());
        EXPECT_GE(row.samples.size(), 2u);
        EXPECT_EQ(row.command, "lcn tune -o " + path_ + " --threads 1 " + small + " --json");
        EXPECT_GT(row.read_GBps, 0.1);
        EXPECT_GT(row.multiply_add_GFLOPS, 0.1);
        EXPECT_EQ(row.cost_model, choice_of(row.problem, row.operation).built_in);
        // What is written down was worth it.
        EXPECT_TRUE(row.kernel == row.compared_with || row.gain - 1 > row.spread);
    }
    const json info = json::parse(
        run_tool({"info", "--explain", small, "--threads", "1", "--json"}, {{"LCN_TUNING", path_}}).output);
    ASSERT_EQ(info.at("choices").size(), 3u);
    for (size_t k = 0; k < 3; k++) {
        EXPECT_EQ(info["choices"][k]["rule"], "this_machine");
        EXPECT_EQ(info["choices"][k]["wanted"], result["entries"][k]["kernel"]);
        EXPECT_EQ(info["choices"][k]["not_used_because"], nullptr);
    }
}

TEST_F(Tune, GoesOnWhereItStopped) {
    const std::vector<std::string> forward = command({small, "--operation", "forward"});
    ASSERT_EQ(run_tool(forward).exit_code, 0);
    const std::string first = content(path_);
    const ToolResult again = run_tool(command({small}));
    ASSERT_EQ(again.exit_code, 0) << again.errors;
    EXPECT_NE(again.output.find("in the file already"), std::string::npos) << again.output;
    lcn::layer::TuningFile file = lcn::layer::read_tuning_file(path_);
    EXPECT_EQ(file.machines[0].rows.size(), 3u);
    file.machines[0].rows.resize(1);
    EXPECT_EQ(lcn::layer::tuning_file_text(file), first);
    // What was measured with less rigor is measured again, in its place; and so is all when that is asked
    // for.
    for (const char* more : {"--again", "--reorders"}) {
        std::vector<std::string> arguments = forward;
        arguments.push_back(more);
        const ToolResult run = run_tool(arguments);
        EXPECT_EQ(run.output.find("in the file already"), std::string::npos) << run.output;
        EXPECT_EQ(lcn::layer::read_tuning_file(path_).machines[0].rows.size(), 3u);
    }
}

TEST_F(Tune, MeasuresAgainWhereTheCostModelChoosesAnotherKernelNow) {
    const std::vector<std::string> forward = command({small, "--operation", "forward"});
    ASSERT_EQ(run_tool(forward).exit_code, 0);
    lcn::layer::TuningFile file = lcn::layer::read_tuning_file(path_);
    lcn::layer::TunedRow& row = file.machines[0].rows[0];
    const std::string now = row.cost_model;
    for (const lcn::layer::TunedRow::Samples& s : row.samples)
        if (!s.kernel.empty() && s.kernel != now) row.cost_model = s.kernel;
    ASSERT_NE(row.cost_model, now);
    lcn::layer::write_tuning_file(path_, file);
    EXPECT_EQ(run_tool(forward).output.find("in the file already"), std::string::npos);
    EXPECT_EQ(lcn::layer::read_tuning_file(path_).machines[0].rows.at(0).cost_model, now);
    EXPECT_NE(run_tool(forward).output.find("in the file already"), std::string::npos);
}

TEST_F(Tune, StopsWhenItsTimeIsUp) {
    const ToolResult run = run_tool(command({"--suite", "--time-limit", "0.05", "--json"}));
    EXPECT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(json::parse(run.output).at("stopped"), "time limit");
}

TEST_F(Tune, WhatNeedsMoreMemoryThanNumbersHoldIsLeftOut) {
    const ToolResult run = run_tool({"tune", "1073741824x1073741824x1:1x1x1", "-o", path_});
    EXPECT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_NE(run.errors.find("skipped: needs"), std::string::npos) << run.errors;
}

TEST_F(Tune, MeasuresNothingThatItCannotWrite) {
    const std::string nowhere = path_ + "/none/t.json";
    const ToolResult run = run_tool({"tune", "keras_doc_1", "-o", nowhere});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.errors, "lcn: " + nowhere + ": No such file or directory\n");
}

// What it wrote would be refused from then on.
TEST_F(Tune, LeavesAFileThatCannotTakeMore) {
    lcn::layer::TuningFile machines, entries;
    for (int k = 0; k < 64; k++) machines.of({"another's", "", 1, k, 0, {}});
    lcn::Problem p = small_problem();
    std::vector<lcn::layer::TunedRow>& rows = entries.of(lcn::layer::this_machine()).rows;
    for (p.batch = 10; p.batch < 10'010; p.batch++) rows.push_back(tuned_row(p, Operation::forward, ""));
    for (const auto& [file, reason] : {std::pair(&machines, "would have more than 64 machines"),
                                       {&entries, "has 10000 entries of this"}}) {
        file->kernels = lcn::layer::kernel_set();
        lcn::layer::write_tuning_file(path_, *file);
        lcn::layer::read_tuning_file(path_);
        const std::string before = content(path_);
        const ToolResult run = run_tool(command({small, "--operation", "forward"}));
        EXPECT_EQ(run.exit_code, 1);
        EXPECT_NE(run.errors.find("tuning.json: " + std::string(reason)), std::string::npos) << run.errors;
        EXPECT_EQ(content(path_), before);
    }
}

TEST_F(Tune, KeepsWhatWasFoundWhenItIsInterrupted) {
    const auto written = [&] { return std::filesystem::exists(path_); };
    EXPECT_EQ(signalled(command({"--suite"}), SIGINT, written), 130);
    EXPECT_EQ(folder_.files(), 1);
    EXPECT_GE(lcn::layer::read_tuning_file(path_).machines.at(0).rows.size(), 1u);
}

TEST_F(Tune, GoesOnWhenAScriptIgnoresInterruptsForIt) {
    const auto written = [&] { return std::filesystem::exists(path_); };
    std::vector<std::string> ignored = {"-c", "trap '' INT; exec \"$0\" \"$@\"", LCN_TOOL};
    const std::vector<std::string> tune = command({small});
    ignored.insert(ignored.end(), tune.begin(), tune.end());
    EXPECT_EQ(signalled(ignored, SIGINT, written, "/bin/sh"), 0);
    EXPECT_EQ(lcn::layer::read_tuning_file(path_).machines.at(0).rows.size(), 3u);
}

TEST_F(Tune, LeavesNoHalfWrittenFileWhenItIsEnded) {
    for (int k = 0; k < 5; k++) {
        const ScratchFolder folder;
        const std::string path = folder.file("tuning.json");
        const auto writes = [&] { return std::filesystem::exists(path) && folder.files() > 1; };
        EXPECT_EQ(signalled({"tune", "-o", path, "--threads", "1", "--suite"}, SIGTERM, writes), -1);
        EXPECT_EQ(folder.files(), 1);
        EXPECT_GE(lcn::layer::read_tuning_file(path).machines.at(0).rows.size(), 1u);
    }
}

TEST_F(Tune, EstimatesWithoutMeasuringOrWriting) {
    const ToolResult run = run_tool(command({"facer_new3b", "--rigor", "estimate"}));
    EXPECT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_NE(run.output.find("the cost model chooses lcn_forward_"), std::string::npos) << run.output;
    EXPECT_EQ(folder_.files(), 0);
}

TEST_F(Tune, LeavesAFileThatNobodyMayWrite) {
    write_other_kernel(path_, small_problem());
    const std::string before = content(path_);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
    expect_failure(run_tool(command({small})), 1, path_ + ": nobody may write it");
    EXPECT_EQ(content(path_), before);
}

TEST_F(Tune, GoesOnWithNoFileOfOthers) {
    std::ofstream(path_) << "{}";
    expect_failure(run_tool(command({small})), 1, path_ + ": not a tuning of lcn");
    EXPECT_EQ(content(path_), "{}");
}

TEST_F(Tune, BeginsWithTheTuningInForce) {
    const std::string planted = folder_.file("planted.json");
    const std::string other = write_other_kernel(planted, small_problem());
    const ToolResult run = run_tool(command({small, "--operation", "forward"}), {{"LCN_TUNING", planted}});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(lcn::layer::read_tuning_file(path_).machines.at(0).rows.at(0).compared_with, other);
}

// -- LCN_TUNING

TEST(EnvironmentTuning, ChangesWhichKernelRunsAndNoBit) {
    const ScratchFolder folder;
    const std::string tuning = folder.file("tuning.json");
    int changed = 0;
    for (const std::string& name : case_names()) {
        const reference::Layer l = reference_layer(read_case(case_path(name)));
        if (l.channels_first || l.same) continue;
        lcn::Problem p;
        p.batch = l.batch, p.input_rows = l.rows, p.input_columns = l.columns, p.channels = l.channels;
        p.filters = l.filters, p.kernel_rows = l.kernel_rows, p.kernel_columns = l.kernel_columns;
        p.stride_rows = l.stride_rows, p.stride_columns = l.stride_columns;
        const std::string other = write_other_kernel(tuning, p);
        if (other.empty()) continue;
        std::string outputs[2], kernels[2];
        for (const bool tuned : {false, true}) {
            const std::string out = folder.file("out.safetensors");
            const ToolResult run = run_tool({"apply", case_path(name), "-o", out, "--threads", "1"},
                                            {{"LCN_TUNING", tuned ? tuning : ""}});
            ASSERT_EQ(run.exit_code, 0) << run.errors;
            EXPECT_EQ(run.errors, "");
            lcn::SafetensorsFile file(out);
            kernels[tuned] = file.header().metadata.at("kernels");
            const std::vector<float> values = file.read("output").values;
            outputs[tuned].assign(reinterpret_cast<const char*>(values.data()), values.size() * 4);
        }
        EXPECT_EQ(outputs[0], outputs[1]) << name;
        EXPECT_NE(kernels[1].find("\"" + other + "\""), std::string::npos) << name << " " << other;
        if (++changed == 5) return;
    }
    EXPECT_GT(changed, 0);
}

TEST(EnvironmentTuning, ThatIsRefusedIsNamedOnceAndTheUsualChoicesRun) {
    const ScratchFolder folder;
    const std::string path = folder.file("damaged.json"), out = folder.file("out.safetensors");
    std::ofstream(path) << "{\"format\": \"lcn tuning\", \"schema\": 7}";
    const ToolResult run =
        run_tool({"apply", case_path(case_names().front()), "-o", out}, {{"LCN_TUNING", path}});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.errors,
              "lcn: LCN_TUNING: " + path +
                  ": schema is not 2, the one this version of lcn knows: 7; the usual choices are "
                  "used\n");
    const ToolResult explained = run_tool({"info", "--explain", small, "--json"}, {{"LCN_TUNING", path}});
    const json explanation = json::parse(explained.output);
    ASSERT_FALSE(explanation.at("choices").empty());
    for (const json& choice : explanation.at("choices")) {
        EXPECT_EQ(choice.at("rule"), "built_in");
        EXPECT_EQ(choice.at("kernel"), choice.at("built_in"));
    }
    const json info = json::parse(run_tool({"info", "--json"}, {{"LCN_TUNING", path}}).output);
    EXPECT_EQ(info.at("tuning").at("file"), path);
    EXPECT_EQ(info.at("tuning").at("entries"), 0);
    EXPECT_NE(info.at("tuning").at("refused").get<std::string>().find("schema is not 2"), std::string::npos);
}

TEST(EnvironmentTuning, IsExplainedInWords) {
    const ScratchFolder folder;
    const std::string path = folder.file("tuning.json");
    const std::string other = write_other_kernel(path, small_problem());
    const auto explained = [&](const std::string& shape) {
        return run_tool({"info", "--explain", shape, "--threads", "1", "--operation", "forward"},
                        {{"LCN_TUNING", path}})
            .output;
    };
    EXPECT_NE(
        explained(small).find("N9: " + other + "\n  an entry measured on this machine for this problem"),
        std::string::npos)
        << explained(small);
    const std::string near = explained("6x8x5:3x3x24:n9");
    EXPECT_NE(near.find("an entry of the nearest problem of the same regime"), std::string::npos) << near;
    const std::string far = explained("60x80x50:3x3x24:n1");
    EXPECT_NE(far.find("the usual choice: no entry is for this problem or near it"), std::string::npos)
        << far;
    EXPECT_NE(run_tool({"info"}, {{"LCN_TUNING", path}}).output.find("tuning: " + path + ", 1 entry applies"),
              std::string::npos);
    EXPECT_NE(run_tool({"info"}).output.find("tuning: none"), std::string::npos);
}

}  // namespace
