#include "tune/tune.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/machine.h"
#include "errors.h"
#include "tune/operands.h"
#include "tune/progress.h"
#include "tune/tasks.h"

namespace lcn::tool {

namespace {

using layer::TunedMachine;
using layer::TunedRow;
using layer::TuningFile;
using nlohmann::ordered_json;

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
    interrupted = 1;
    std::signal(SIGINT, SIG_DFL);  // the second one ends the program
}

// The file as it is, or a new one.
TuningFile file_so_far(const std::string& path) {
    return std::filesystem::exists(path) ? layer::read_tuning_file(path) : TuningFile{};
}

class Session {
  public:
    explicit Session(const TuneOptions& options)
        : options_(options),
          file_(file_so_far(options.output)),
          mine_(file_.of(layer::this_machine())),
          begin_(std::chrono::steady_clock::now()) {
        settings_.rigor = options.rigor == "patient" ? layer::Rigor::patient : layer::Rigor::measure;
        settings_.seed = options.seed;
        settings_.reorders = options.reorders;
        settings_.ring_bytes = 4 * bench::last_level_cache();
        settings_.progress = [this](const Progress& p) { line_.show(p); };
        settings_.warn = [this](const std::string& what) { line_.say("lcn: " + what); };
        settings_.stop = [this] { return interrupted || time_is_up(); };
    }

    // Why it ended before the last task, or "".
    std::string run(const std::vector<Task>& tasks, const std::vector<std::string>& in_force) {
        for (size_t k = 0; k < tasks.size(); k++) {
            const Task& task = tasks[k];
            line_.begin(task.name, int(k) + 1, int(tasks.size()));
            if (TunedRow* row = find(task); row && !options_.again && is_enough(*row)) {
                report(task, *row, "in the file already");
                continue;
            }
            const int64_t bytes = Operands::bytes(task.problem, settings_.ring_bytes);
            if (const std::string skipped = bench::skipped_for_memory(bytes); !skipped.empty()) {
                line_.say("lcn: " + task.name + ": " + skipped);
                continue;
            }
            try {
                keep(tune_problem(task.problem, task.operation, in_force[k], settings_), task);
            } catch (const Stopped&) {
                line_.clear();
                return interrupted ? "interrupted" : "time limit";
            }
        }
        return "";
    }

    const ordered_json& rows() const { return rows_; }

  private:
    bool time_is_up() const {
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin_;
        return options_.time_limit > 0 && seconds.count() > options_.time_limit;
    }

    TunedRow* find(const Task& task) {
        TunedRow wanted;
        wanted.operation = task.operation, wanted.problem = task.problem, wanted.threads = threads();
        const char* target = "";
        check(lcn::target(target));
        wanted.target = target;
        for (TunedRow& row : mine_.rows)
            if (row.same_problem(wanted)) return &row;
        return nullptr;
    }

    bool is_enough(const TunedRow& row) const {
        return row.rigor >= settings_.rigor && row.may_reorder == settings_.reorders;
    }

    void keep(TunedRow row, const Task& task) {
        TunedRow* const before = find(task);
        if (before)
            *before = std::move(row);
        else
            mine_.rows.push_back(std::move(row));
        layer::write_tuning_file(options_.output, file_);
        report(task, before ? *before : mine_.rows.back(), "");
    }

    void report(const Task& task, const TunedRow& row, const std::string& note) {
        ordered_json json = ordered_json::parse(layer::row_text(row));
        json.erase("samples");
        rows_.push_back(json);
        line_.clear();
        if (options_.as_json) return;
        const bool changed = row.kernel != row.compared_with;
        const bool measured = row.gain != 1 || row.spread != 0;  // else no candidate looked faster
        char text[120] = ": no kernel is faster, stays with ";
        if (measured)
            std::snprintf(text, sizeof text,
                          changed ? ": %.3f times as fast (+- %.3f) with "
                                  : ": no gain beyond the spread (%.3f +- %.3f), stays with ",
                          row.gain, row.spread);
        std::cout << task.name << text << (row.kernel.empty() ? "the usual choice" : row.kernel)
                  << (row.reorders ? ", which changes bits" : "") << (note.empty() ? "" : "; " + note)
                  << std::endl;
    }

    const TuneOptions& options_;
    TuningFile file_;
    TunedMachine& mine_;
    const std::chrono::steady_clock::time_point begin_;
    TunerSettings settings_;
    ProgressLine line_;
    ordered_json rows_ = ordered_json::array();
};

// The kernel that a tuning in force names for the problem, when calls obey it; "": the usual choice.
std::string kernel_in_force(const Task& task) {
    TuningChoice choice;
    check(tuning_choice(task.problem, task.operation, choice));
    return choice.rule != TuningRule::built_in && choice.kernel == std::string(choice.wanted) ? choice.wanted
                                                                                              : "";
}

void estimate(const std::vector<Task>& tasks, bool as_json) {
    ordered_json rows = ordered_json::array();
    for (const Task& task : tasks) {
        TuningChoice choice;
        check(tuning_choice(task.problem, task.operation, choice));
        rows.push_back({{"problem", task.name}, {"kernel", choice.built_in}});
        if (!as_json) std::cout << task.name << ": the cost model chooses " << choice.built_in << "\n";
    }
    if (as_json) std::cout << ordered_json({{"rigor", "estimate"}, {"entries", rows}}).dump(2) << "\n";
}

}  // namespace

int tune(const TuneOptions& options) {
    prepare(options.run);
    const std::vector<Task> tasks = tasks_of(options);
    if (options.rigor == "estimate") return estimate(tasks, options.as_json), 0;
    std::vector<std::string> in_force;
    for (const Task& task : tasks) in_force.push_back(kernel_in_force(task));
    check(set_tuning(nullptr, 0));
    Session session(options);
    std::signal(SIGINT, on_interrupt);
    const std::string stopped = session.run(tasks, in_force);
    if (options.as_json)
        std::cout << ordered_json({{"file", options.output},
                                   {"rigor", options.rigor},
                                   {"stopped", stopped.empty() ? ordered_json() : ordered_json(stopped)},
                                   {"entries", session.rows()}})
                         .dump(2)
                  << "\n";
    else if (!stopped.empty())
        std::cout << "stopped (" << stopped << "): the same command goes on; " << options.output
                  << " has what was found\n";
    return interrupted ? 130 : 0;
}

}  // namespace lcn::tool
