#include "tune/elsewhere.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "errors.h"
#include "tune/conversation.h"
#include "tune/measurement.h"
#include "tune/results.h"
#include "tune/stop.h"
#include "tune/tasks.h"

namespace lcn::tool {

namespace {

void check_options(const TuneOptions& o) {
    if (o.runner.empty()) throw Refused("--program needs --runner, the command that starts it elsewhere");
    if (o.program.empty())
        throw Refused("--runner needs --program, the lcn_tuner of a build for that machine");
    if (o.run.target.empty()) throw Refused("--runner needs --target, one of that machine");
    if (o.run.threads == 0) throw Refused("--runner needs --threads, those that are used on that machine");
    if (o.rigor == "estimate") throw Refused("--rigor estimate: a runner is there to measure");
}

std::vector<std::string> common_arguments(const TuneOptions& o) {
    return {"--target", o.run.target, "--threads", std::to_string(o.run.threads)};
}

// The machine at the other end and the number of its library's kernels.
layer::TuningFile describe(const TuneOptions& options) {
    std::vector<std::string> arguments = common_arguments(options);
    arguments.push_back("--describe");
    layer::TuningFile described;
    Conversation(options, arguments).all([&](const layer::TuningFile& file) {
        if (!described.machines.empty() || !file.machines[0].rows.empty())
            throw WrongAnswer("it is no description");
        described = file;
    });
    if (described.machines.empty()) throw std::runtime_error("the program did not describe its machine");
    return described;
}

// All its digits, and nothing that a shell would read.
std::string seconds_text(double seconds) {
    char text[400];
    return {text, std::to_chars(text, std::end(text), seconds, std::chars_format::fixed).ptr};
}

std::vector<std::string> measuring_arguments(const TuneOptions& o, const std::vector<Task>& tasks) {
    std::vector<std::string> arguments = common_arguments(o);
    for (const std::string& word :
         {std::string("--rigor"), o.rigor, std::string("--seed"), std::to_string(o.seed)})
        arguments.push_back(word);
    if (o.reorders) arguments.push_back("--reorders");
    if (o.untuned) arguments.push_back("--untuned");
    if (o.time_limit > 0) {
        arguments.push_back("--time-limit");
        arguments.push_back(seconds_text(o.time_limit));
    }
    for (const Task& task : tasks) arguments.push_back(task_word(task));
    return arguments;
}

// A program measures what it was asked to, as it was asked to.
class Questions {
  public:
    Questions(const TuneOptions& options, const Results& results, const std::vector<Task>& tasks)
        : options_(options), results_(results), open_(tasks) {}

    Task answered_by(const layer::TunedRow& row) {
        const auto asked = std::find_if(open_.begin(), open_.end(), [&](const Task& task) {
            return row.question() == results_.row_of(task).question();
        });
        if (asked == open_.end()) throw WrongAnswer("it is for a problem that was not asked for");
        if (row.rigor != rigor_of(options_) || row.seed != options_.seed ||
            row.may_reorder != options_.reorders || (options_.untuned && !row.compared_with.empty()))
            throw WrongAnswer("it was not measured as it was asked for");
        const Task task = *asked;
        open_.erase(asked);
        return task;
    }
    size_t open() const { return open_.size(); }

  private:
    const TuneOptions& options_;
    const Results& results_;
    std::vector<Task> open_;
};

// Why the program stopped before the last task, or "".
std::string measure(const TuneOptions& options, const std::vector<Task>& tasks,
                    const layer::TuningFile& described, Results& results) {
    Questions questions(options, results, tasks);
    Conversation conversation(options, measuring_arguments(options, tasks));
    const Answer last = conversation.all([&](const layer::TuningFile& file) {
        const layer::TunedMachine& machine = file.machines[0];
        if (file.kernels != described.kernels || machine.machine != described.machines[0].machine)
            throw WrongAnswer("it is of another machine or library than was described");
        if (machine.rows.empty()) throw WrongAnswer("it has no entry");
        results.keep(machine.rows[0], questions.answered_by(machine.rows[0]));
    });
    if (last.stopped.empty() && questions.open() != size_t(last.skipped))
        conversation.fail("left out problems without a reason");
    return last.stopped;
}

// A runner that Ctrl-C ends need not answer to the end.
std::string measure_or_stop(const TuneOptions& options, const std::vector<Task>& tasks,
                            const layer::TuningFile& described, Results& results) {
    try {
        return measure(options, tasks, described, results);
    } catch (const RunnerFailed&) {
        if (interrupted()) return "interrupted";
        throw;
    }
}

bool same(const Task& a, const Task& b) {
    return task_word(a) == task_word(b);
}

void tune_described(const TuneOptions& options, const std::vector<Task>& tasks,
                    const layer::TuningFile& described) {
    Results results(options, tuning_so_far(options.output, described.kernels), described.machines[0].machine,
                    options.run.target, options.run.threads);
    std::vector<Task> missing;
    for (const Task& task : tasks) {
        const bool again =
            std::any_of(missing.begin(), missing.end(), [&](const Task& other) { return same(task, other); });
        if (!again && !results.has(task, "")) missing.push_back(task);
    }
    results.end(missing.empty() ? "" : measure_or_stop(options, missing, described, results));
}

}  // namespace

int tune_elsewhere(const TuneOptions& options) {
    check_options(options);
    const std::vector<Task> tasks = tasks_of(options);
    stop_on_interrupt();
    std::optional<layer::TuningFile> described;
    try {
        described = describe(options);
    } catch (const RunnerFailed&) {
        if (!interrupted()) throw;
    }
    if (described)
        tune_described(options, tasks, *described);
    else
        say_end(options, nlohmann::ordered_json::array(), "interrupted", false);
    return interrupted() ? 130 : 0;
}

}  // namespace lcn::tool
