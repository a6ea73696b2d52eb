#include "tune/measurement.h"

#include <ctime>

#include "bench/machine.h"
#include "errors.h"
#include "lcn/tuning.h"
#include "tune/operands.h"
#include "tune/stop.h"

namespace lcn::tool {

namespace {

// More than processors of phones have, whose systems often do not say.
constexpr int64_t assumed_cache = 16 << 20;

int64_t last_level_cache(ProgressLine& line) {
    const int64_t cache = bench::last_level_cache();
    if (cache == 0)
        line.say("lcn: the system does not say how large its caches are: " +
                 std::to_string(assumed_cache >> 20) + " MB are assumed");
    return cache ? cache : assumed_cache;
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    char text[] = "2026-11-29";
    std::strftime(text, sizeof text, "%F", std::gmtime(&now));
    return text;
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
    : command_(options.command),
      time_limit_(options.time_limit),
      begin_(std::chrono::steady_clock::now()),
      line_(line),
      probes_(last_level_cache(line)) {
    settings_.rigor = rigor_of(options);
    settings_.seed = options.seed;
    settings_.reorders = options.reorders;
    settings_.ring_bytes = probes_.bytes();
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
    const char* target = "";
    check(lcn::target(target));
    const bench::Rates rates = probes_.quick(threads(), target, bench::Bandwidth::read, probes_.bytes());
    layer::TunedRow row = tune_problem(task.problem, task.operation, in_force, settings_);
    row.date = today(), row.command = command_;
    row.read_GBps = rates.bandwidth * 1e-9, row.multiply_add_GFLOPS = rates.target_peak * 1e-9;
    return row;
}

bool Measurement::time_is_up() const {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin_;
    return time_limit_ > 0 && seconds.count() > time_limit_;
}

const char* Measurement::why_stopped() const {
    return interrupted() ? "interrupted" : time_is_up() ? "time limit" : "";
}

}  // namespace lcn::tool
