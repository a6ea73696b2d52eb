#include "tune/tasks.h"

#include <algorithm>

#include "errors.h"
#include "tune/problems.h"
#include "tuning_file.h"

namespace lcn::tool {

std::vector<Task> tasks_of(const TuneOptions& options) {
    std::vector<NamedProblem> problems;
    if (options.suite) problems = suite_problems(options.batches);
    for (const std::string& shape : options.shapes)
        for (const NamedProblem& p : problems_of(shape, options.batches)) problems.push_back(p);
    if (problems.empty()) throw Refused("a shape is missing, or --suite");
    const auto wanted = [&](Operation operation) {
        return options.operations.empty() ||
               std::count(options.operations.begin(), options.operations.end(), layer::name_of(operation));
    };
    std::vector<Task> tasks;
    for (const NamedProblem& p : problems)
        for (const Operation operation : p.operations)
            if (wanted(operation))
                tasks.push_back(
                    {std::string(layer::name_of(operation)) + " " + p.name, p.problem, operation});
    if (tasks.empty()) throw Refused("the shapes have none of these operations");
    return tasks;
}

}  // namespace lcn::tool
