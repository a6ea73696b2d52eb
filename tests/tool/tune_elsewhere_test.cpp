// `lcn tune --runner`: with this machine's own lcn_tuner, and with runners and programs that fail.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "run_tool.h"
#include "scratch_folder.h"
#include "tuning_rows.h"

namespace {

using lcn::Operation;
using lcn::layer::TuningFile;
using nlohmann::json;

class TuneElsewhere : public testing::Test {
  protected:
    const ScratchFolder folder_;
    const std::string path_ = folder_.file("tuning.json");

    std::vector<std::string> command(const std::string& runner, std::vector<std::string> more) const {
        more.insert(more.begin(), {"tune", "-o", path_, "--target", present_target(), "--threads", "1",
                                   "--runner", runner, "--program", LCN_TUNER});
        return more;
    }
    ToolResult tune(const std::string& runner, std::vector<std::string> more = {small}) const {
        return run_tool(command(runner, std::move(more)));
    }

    // A program that describes itself as lcn_tuner does, then does what `first` says and answers what
    // `answers` has.
    std::string liar(const std::string& answers, const std::string& first = "",
                     const std::string& name = "liar") const {
        const std::string script = folder_.file(name + ".sh"), answer = folder_.file(name);
        std::ofstream(answer) << answers;
        std::ofstream(script) << "#!/bin/sh\ncase \"$*\" in *--describe*) exec \"$@\";; esac\n"
                              << first << "\ncat " << answer << "\n";
        chmod(script.c_str(), 0700);
        return script;
    }
    void expect_refused(const ToolResult& run, const std::string& reason) const {
        EXPECT_EQ(run.exit_code, 1);
        EXPECT_EQ(run.output, "");
        EXPECT_NE(run.errors.find(reason), std::string::npos) << run.errors << "expected: " << reason;
        EXPECT_FALSE(std::filesystem::exists(path_)) << reason;
    }
};

std::string one_line(const TuningFile& file) {
    std::string text = lcn::layer::tuning_file_text(file);
    std::erase(text, '\n');
    return text + "\n";
}

// What lcn_tuner would answer to small_problem().
TuningFile good_answer(int64_t batch = 9) {
    lcn::set_threads(1);
    TuningFile file;
    lcn::layer::TunedRow row = tuned_row(small_problem(batch), Operation::forward, "");
    row.gain = 1, row.spread = 0, row.seed = 1;
    file.of(lcn::layer::this_machine()).rows.push_back(row);
    return file;
}

std::string last_line(int measured, int skipped = 0, const std::string& stopped = "") {
    return json({{"format", "lcn tuner"}, {"measured", measured}, {"skipped", skipped}, {"stopped", stopped}})
               .dump() +
           "\n";
}

TEST_F(TuneElsewhere, WritesAFileThatTheLibraryTakes) {
    const ToolResult run = tune("env");
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_NE(run.errors.find("3/3 backward_weights 6x7x5:3x3x24 N9"), std::string::npos) << run.errors;
    const TuningFile file = lcn::layer::read_tuning_file(path_);
    ASSERT_EQ(file.machines.size(), 1u);
    EXPECT_EQ(file.machines[0].machine, lcn::layer::this_machine());
    EXPECT_EQ(file.machines[0].rows.size(), 3u);
    const json info = json::parse(
        run_tool({"info", "--explain", small, "--threads", "1", "--json"}, {{"LCN_TUNING", path_}}).output);
    for (const json& choice : info.at("choices")) EXPECT_EQ(choice.at("rule"), "this_machine");
}

TEST_F(TuneElsewhere, MeasuresWhatTheFileLacksAlone) {
    ASSERT_EQ(tune("env", {small, "--operation", "forward"}).exit_code, 0);
    const ToolResult run = tune("env", {small, small, "--json"});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(run.errors.find(" forward "), std::string::npos) << run.errors;
    EXPECT_NE(run.errors.find("2/2 backward_weights"), std::string::npos) << run.errors;
    EXPECT_EQ(json::parse(run.output).at("entries").size(), 4u);  // the first one twice, as it was asked for
    EXPECT_EQ(lcn::layer::read_tuning_file(path_).machines[0].rows.size(), 3u);
    EXPECT_EQ(tune("env").errors, "");
}

TEST_F(TuneElsewhere, HandsOnHowToMeasure) {
    const ToolResult run =
        tune("env", {"6x7x5:3x3x24:s2x1:same:n2", "--operation", "forward", "--seed", "7", "--reorders"});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    const lcn::layer::TunedRow row = lcn::layer::read_tuning_file(path_).machines[0].rows.at(0);
    EXPECT_EQ(row.seed, 7);
    EXPECT_TRUE(row.may_reorder);
    EXPECT_EQ(row.command.rfind("lcn tune -o " + path_, 0), 0u) << row.command;
    EXPECT_EQ(row.problem.stride_rows, 2);
    EXPECT_EQ(row.problem.padding, lcn::Padding::same);
    const ToolResult stopped = tune("env", {"--suite", "--time-limit", "0.05", "--json"});
    ASSERT_EQ(stopped.exit_code, 0) << stopped.errors;
    EXPECT_EQ(json::parse(stopped.output).at("stopped"), "time limit");
    const ToolResult at_once = tune("env", {small, "--again", "--time-limit", "1e-7", "--json"});
    ASSERT_EQ(at_once.exit_code, 0) << at_once.errors;
    EXPECT_EQ(json::parse(at_once.output).at("stopped"), "time limit");
}

TEST_F(TuneElsewhere, PutsTheProgramWhereItsPlaceIs) {
    const std::string words = folder_.file("words");
    const std::string runner =
        "sh -c 'printf \"%s|\" \"$@\" >\"" + words + "\"; exec \"$2\" \"$@\"' \"the shell\" ";
    expect_refused(tune(runner + "a\\ b"), "runner 'sh -c");  // "$2" is the program, which has no such task
    EXPECT_EQ(content(words).rfind("a b|" LCN_TUNER "|--target|", 0), 0u) << content(words);
    expect_refused(tune(runner + "x{program}y c"), "runner 'sh -c");
    EXPECT_EQ(content(words).rfind("x" LCN_TUNER "y|c|--target|", 0), 0u) << content(words);
}

struct Failure {
    const char *name, *runner, *reason;
};
const Failure failures[] = {
    {"not_there", "/nonexistent/runner", "runner '/nonexistent/runner' cannot be started"},
    {"exit_code", "sh -c 'exit 3'", "ended with exit code 3"},
    {"killed", "sh -c 'kill -9 $$'", "was ended by signal 9"},
    {"nothing", "true", "ended before its last answer"},
    {"garbage", "echo hello", "refused: not valid JSON"},
    {"half_an_answer", "sh -c '\"$0\" \"$@\" | head -c 100'", "ended in the middle of an answer"},
    {"other_version", "sh -c '\"$0\" \"$@\" | sed s/lcn.:.[^,]*/lcn\\\":\\\"9.9.9\\\"/'",
     "refused: made by lcn 9.9.9, this is lcn"},
    {"other_machine_each_time",
     "sh -c '\"$0\" \"$@\" | case \"$*\" in *--describe*) cat;; *) sed "
     "\"s/.family.:[0-9]*/\\\"family\\\":0/\";; esac'",
     "refused: it is of another machine or library than was described"},
    {"no_hash", "sh -c '\"$0\" \"$@\" | sed s/kernels.:.[^,]*/kernels\\\":\\\"zz\\\"/'",
     "kernels is not 16 hexadecimal"},
    {"endless", "sh -c 'exec yes | tr -d \"\\n\"'", "a line has more than 16 MB"},
    {"does_not_answer", "sh -c 'exec sleep 60'", "did not answer within 3 s"},
    {"ends_before_what_it_started", "sh -c 'sleep 9 & exit 3'", "ended with exit code 3"},
    {"does_not_end", "sh -c 'exec >&-; exec sleep 60'", "closed its output and did not end"},
    {"one_word_more", "sh -c '\"$0\" \"$@\" && echo more'", "said more after its last answer"},
    {"fails_in_the_end", "sh -c '\"$0\" \"$@\"; exit 5'", "ended with exit code 5"},
};

TEST_F(TuneElsewhere, RunnersThatFailAreNamedAndNothingIsWritten) {
    for (const Failure& failure : failures) {
        SCOPED_TRACE(failure.name);
        const auto begin = std::chrono::steady_clock::now();
        expect_refused(tune(failure.runner, {small, "--operation", "forward", "--answer-limit", "3"}),
                       failure.reason);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    }
}

TEST_F(TuneElsewhere, AnswersToOtherQuestionsAreRefused) {
    struct Lie {
        const char* name;
        std::function<void(TuningFile& file)> change;
        const char* reason;
    };
    const Lie lies[] = {
        {"other_problem", [](TuningFile& f) { f.machines[0].rows[0].problem.batch = 8; }, "not asked for"},
        {"other_threads", [](TuningFile& f) { f.machines[0].rows[0].threads = 2; }, "not asked for"},
        {"other_target", [](TuningFile& f) { f.machines[0].rows[0].target = "portable"; },
         "is not one of forward of target 'portable'"},
        {"other_seed", [](TuningFile& f) { f.machines[0].rows[0].seed = 2; }, "as it was asked for"},
        {"reorders", [](TuningFile& f) { f.machines[0].rows[0].may_reorder = true; }, "as it was asked for"},
        {"unknown_kernel", [](TuningFile& f) { f.machines[0].rows[0].kernel = "lcn_nonsense"; },
         "no kernel is named 'lcn_nonsense'"},
        {"other_library", [](TuningFile& f) { f.kernels = "0123456789abcdef"; }, "other machine or library"},
        {"no_entry", [](TuningFile& f) { f.machines[0].rows.clear(); }, "it has no entry"},
        {"two_machines",
         [](TuningFile& f) {
             f.of({"x", "", 1, 1, 1, {}});
         },
         "one machine with at most one entry"},
        {"two_entries",
         [](TuningFile& f) {
             f.machines[0].rows.push_back(f.machines[0].rows[0]);
             f.machines[0].rows[1].problem.batch = 3;
         },
         "one machine with at most one entry"},
    };
    for (const Lie& lie : lies) {
        SCOPED_TRACE(lie.name);
        TuningFile file = good_answer();
        lie.change(file);
        expect_refused(tune(liar(one_line(file) + last_line(1)), {small, "--operation", "forward"}),
                       lie.reason);
    }
}

// What came before a wrong end is whole, and stays.
TEST_F(TuneElsewhere, KeepsWhatCameBefore) {
    const std::string good = one_line(good_answer());
    struct End {
        const char *name, *text, *reason;
    };
    const std::string skipped = last_line(1, 1), wrong = last_line(2), other = last_line(1, 0, "a whim");
    const End ends[] = {
        {"cut", "", "ended before its last answer after 1 result, which is kept"},
        {"half", "{\"format\": \"lcn tu", "ended in the middle of an answer after 1 result, which is kept"},
        {"garbage", "\xff\n", "gave an answer that is refused: not valid JSON"},
        {"twice", good.c_str(), "it is for a problem that was not asked for"},
        {"wrong_number", wrong.c_str(), "did not answer what it says it measured"},
        {"wrong_skipped", skipped.c_str(), "left out problems without a reason"},
        {"unknown_reason", other.c_str(), "stopped is not one of"},
    };
    for (const End& end : ends) {
        SCOPED_TRACE(end.name);
        std::filesystem::remove(path_);
        const ToolResult run = tune(liar(good + end.text), {small, "--operation", "forward"});
        EXPECT_EQ(run.exit_code, 1);
        EXPECT_NE(run.errors.find(end.reason), std::string::npos) << run.errors;
        EXPECT_EQ(lcn::layer::read_tuning_file(path_).machines.at(0).rows.size(), 1u);
    }
    std::filesystem::remove(path_);
    const ToolResult run = tune(liar(good + last_line(1)), {small, "--operation", "forward"});
    EXPECT_EQ(run.exit_code, 0) << run.errors;
}

TEST_F(TuneElsewhere, AddsToWhatAnotherTunerWroteMeanwhile) {
    const std::string other = folder_.file("other.json");
    lcn::layer::write_tuning_file(other, good_answer(5));
    const ToolResult run = tune(liar(one_line(good_answer()) + last_line(1), "cp " + other + " " + path_),
                                {small, "--operation", "forward"});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    const TuningFile file = lcn::layer::read_tuning_file(path_);
    ASSERT_EQ(file.machines.at(0).rows.size(), 2u);
    EXPECT_EQ(file.machines[0].rows[0].problem.batch, 5);
    EXPECT_EQ(file.machines[0].rows[1].problem.batch, 9);
}

// All of them answer at once, so that they want to write at the same time.
TEST_F(TuneElsewhere, LosesNothingWhenSeveralWriteOneFile) {
    constexpr int tuners = 4, answers = 25;
    std::vector<std::thread> running;
    for (int k = 0; k < tuners; k++) {
        std::string text;
        std::vector<std::string> more = {"6x7x5:3x3x24", "--operation", "forward", "--batch"};
        for (int n = 1; n <= answers; n++) {
            text += one_line(good_answer(k * answers + n));
            more.push_back(std::to_string(k * answers + n));
        }
        const std::string runner = liar(text + last_line(answers), "", "liar" + std::to_string(k));
        running.emplace_back([=, this] { EXPECT_EQ(tune(runner, more).exit_code, 0); });
    }
    for (std::thread& tuner : running) tuner.join();
    EXPECT_EQ(lcn::layer::read_tuning_file(path_).machines.at(0).rows.size(), size_t(tuners * answers));
}

TEST_F(TuneElsewhere, GoesOnWithNoFileOfOtherKernels) {
    TuningFile other = good_answer();
    other.kernels = "0123456789abcdef";
    lcn::layer::write_tuning_file(path_, other);
    const std::string before = content(path_);
    expect_failure(tune("env"), 1, path_ + ": made with other kernels (0123456789abcdef)");
    EXPECT_EQ(content(path_), before);
}

TEST_F(TuneElsewhere, KeepsWhatWasFoundWhenItIsInterrupted) {
    const auto written = [&] { return std::filesystem::exists(path_); };
    EXPECT_EQ(signalled(command("env", {"--suite"}), SIGINT, written), 130);
    EXPECT_EQ(folder_.files(), 1);
    EXPECT_GE(lcn::layer::read_tuning_file(path_).machines.at(0).rows.size(), 1u);
}

TEST_F(TuneElsewhere, SaysThatItWasInterruptedBeforeItKnewTheMachine) {
    const auto begin = std::chrono::steady_clock::now();
    const ToolResult run =
        tune("sh -c 'trap \"\" INT TERM; kill -INT $PPID; exec sleep 60'", {small, "--json"});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(18));
    EXPECT_EQ(run.exit_code, 130);
    EXPECT_EQ(run.errors, "lcn: interrupted: waits for the runner to end, 12 s at most\n");
    ASSERT_NE(run.output, "");
    EXPECT_EQ(json::parse(run.output).at("stopped"), "interrupted");
}

// An interrupt is no excuse for what fails here.
TEST_F(TuneElsewhere, SaysThatItCouldNotWriteAlsoWhenItIsInterrupted) {
    const ToolResult run = tune(liar(one_line(good_answer()) + last_line(1),
                                     "trap '' INT; kill -INT $PPID; sleep 0.5; mkdir " + path_),
                                {small, "--operation", "forward"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_NE(run.errors.find("lcn: " + path_ + ": not a regular file"), std::string::npos) << run.errors;
}

TEST_F(TuneElsewhere, NeedsToKnowWhatTheOtherMachineIs) {
    const std::string target = present_target();
    const auto refused = [&](const std::vector<std::string>& more, const std::string& reason) {
        std::vector<std::string> arguments = {"tune", small, "-o", path_};
        arguments.insert(arguments.end(), more.begin(), more.end());
        expect_failure(run_tool(arguments), 2, reason);
    };
    refused({"--program", LCN_TUNER}, "--program needs --runner");
    refused({"--runner", "env"}, "--runner needs --program");
    refused({"--runner", "env", "--program", LCN_TUNER}, "--runner needs --target");
    refused({"--runner", "env", "--program", LCN_TUNER, "--target", target}, "--runner needs --threads");
    refused({"--runner", "a 'b", "--program", LCN_TUNER, "--target", target, "--threads", "1"},
            "has no end: a 'b");
    refused({"--runner", "env", "--program", LCN_TUNER, "--target", target, "--threads", "1", "--rigor",
             "estimate"},
            "--rigor estimate");
    const ToolResult unknown = run_tool({"tune", small, "-o", path_, "--runner", "env", "--program",
                                         LCN_TUNER, "--target", "x86_mmx", "--threads", "1"});
    expect_refused(unknown, "lcn_tuner: set_target: no target named 'x86_mmx'");
}

}  // namespace
