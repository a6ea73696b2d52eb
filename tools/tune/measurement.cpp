#include "tune/measurement.h"

#include "bench/machine.h"
#include "errors.h"
#include "lcn/tuning.h"
#include "tune/operands.h"
#include "tune/stop.h"

namespace lcn::tool {

namespace {

// More than processors of phones have, whose systems often do not say.
constexpr int64_t assumed_cache = 16 << 20;

int64_t ring_bytes(ProgressLine& line) {
    const int64_t cache = bench::last_level_cache();
    if (cache == 0)
        line.say("lcn: the system does not say how large its caches are: " +
                 std::to_string(assumed_cache >> 20) + " MB are assumed");
    return 4 * (cache ? cache : assumed_cache);
}

}  // namespace

layer::Rigor rigor_of(const TuneOptions& options) {
    return options.rigor == "patient" ? layer::Rigor::patient : layer::Rigor::measure;
}

std::string kernel_in_force(const TuneOptions& options, const Task& task) {
    if (options.untuned) return "";
    TuningChoice choice;
    check(tuning_choice(task.problem, task.operation, choice));
    return choice.kernel == std::string(choice.wanted) ? choice.wanted : "";
}

Measurement::Measurement(const TuneOptions& options, ProgressLine& line)
    : time_limit_(options.time_limit), begin_(std::chrono::steady_clock::now()), line_(line) {
    settings_.rigor = rigor_of(options);
    settings_.seed = options.seed;
    settings_.reorders = options.reorders;
    settings_.ring_bytes = ring_bytes(line);
    settings_.progress = [this](const Progress& p) { line_.show(p); };
    settings_.warn = [this](const std::string& what) { line_.say("lcn: " + what); };
    settings_.stop = [this] { return *why_stopped() != '\0'; };
}

std::optional<layer::TunedRow> Measurement::tune(const Task& task, const std::string& in_force) {
    const int64_t bytes = Operands::bytes(task.problem, settings_.ring_bytes);
    if (const std::string skipped = bench::skipped_for_memory(bytes); !skipped.empty()) {
        line_.say("lcn: " + task.name + ": " + skipped);
        return {};
    }
    return tune_problem(task.problem, task.operation, in_force, settings_);
}

bool Measurement::time_is_up() const {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin_;
    return time_limit_ > 0 && seconds.count() > time_limit_;
}

const char* Measurement::why_stopped() const {
    return interrupted() ? "interrupted" : time_is_up() ? "time limit" : "";
}

}  // namespace lcn::tool
