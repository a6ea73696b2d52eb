#include "tune/tune.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "errors.h"
#include "json_output.h"
#include "lcn/tuning.h"
#include "tune/elsewhere.h"
#include "tune/measurement.h"
#include "tune/results.h"
#include "tune/stop.h"
#include "tune/tasks.h"

namespace lcn::tool {

namespace {

using nlohmann::ordered_json;

void estimate(const std::vector<Task>& tasks, bool as_json) {
    ordered_json rows = ordered_json::array();
    for (const Task& task : tasks) {
        TuningChoice choice;
        check(tuning_choice(task.problem, task.operation, choice));
        rows.push_back({{"problem", task.name}, {"kernel", choice.built_in}});
        if (!as_json) std::cout << task.name << ": the cost model chooses " << choice.built_in << "\n";
    }
    if (as_json) std::cout << json_output({{"rigor", "estimate"}, {"entries", rows}});
}

// Why it ended before the last task, or "".
std::string measure(const TuneOptions& options, const std::vector<Task>& tasks,
                    const std::vector<std::string>& in_force, Results& results) {
    ProgressLine line;
    Measurement measurement(options, line);
    for (size_t k = 0; k < tasks.size(); k++) {
        line.begin(tasks[k].name, int(k) + 1, int(tasks.size()));
        if (results.has(tasks[k], cost_model_choice(tasks[k].problem, tasks[k].operation))) continue;
        try {
            std::optional<layer::TunedRow> row = measurement.tune(tasks[k], in_force[k]);
            line.clear();
            if (row) results.keep(*row, tasks[k]);
        } catch (const Stopped&) {
            line.clear();
            return measurement.why_stopped();
        }
    }
    return "";
}

int tune_here(const TuneOptions& options) {
    prepare(options.run);
    const std::vector<Task> tasks = tasks_of(options);
    check_target_is_tuned();
    if (options.rigor == "estimate") return estimate(tasks, options.as_json), 0;
    std::vector<std::string> in_force;
    for (const Task& task : tasks) in_force.push_back(kernel_in_force(options, task));
    check(set_tuning(nullptr, 0));
    const char* target = "";
    check(lcn::target(target));
    Results results(options, tuning_so_far(options.output, layer::kernel_set()), layer::this_machine(),
                    target, threads());
    stop_on_interrupt();
    results.end(measure(options, tasks, in_force, results));
    return interrupted() ? 130 : 0;
}

}  // namespace

int tune(const TuneOptions& options) {
    const bool elsewhere = !options.runner.empty() || !options.program.empty();
    return elsewhere ? tune_elsewhere(options) : tune_here(options);
}

}  // namespace lcn::tool
