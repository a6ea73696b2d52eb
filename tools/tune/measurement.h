#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "bench/probes.h"
#include "tune/progress.h"
#include "tune/task.h"
#include "tune/tune.h"
#include "tune/tuner.h"

namespace lcn::tool {

// Tunes on this machine, as the options say, until their time is up or somebody interrupts.
class Measurement {
  public:
    Measurement(const TuneOptions& options, ProgressLine& line);
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    // Nothing: it needs more memory than there is, which `line` says. Throws Stopped. `in_force` as
    // tune_problem() has it.
    std::optional<layer::TunedRow> tune(const Task& task, const std::string& in_force);

    const char* why_stopped() const;  // "": it did not

  private:
    bool time_is_up() const;

    const std::string command_;
    const double time_limit_;
    const std::chrono::steady_clock::time_point begin_;
    ProgressLine& line_;
    TunerSettings settings_;
    bench::Probes probes_;
};

layer::Rigor rigor_of(const TuneOptions& options);  // of one that measures

// What is compared with: the kernel that a tuning or the library's table names for the problem, when calls
// obey it; "": the cost model's choice.
std::string kernel_in_force(const TuneOptions& options, const Task& task);

}  // namespace lcn::tool
