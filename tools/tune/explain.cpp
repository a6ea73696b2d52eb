#include <iostream>
#include <nlohmann/json.hpp>

#include "errors.h"
#include "json_output.h"
#include "lcn/tuning.h"
#include "lcn/tuning_file.h"
#include "tune/tasks.h"

namespace lcn::tool {

namespace {

using nlohmann::ordered_json;

struct Rule {
    const char *name, *sentence;
};
const Rule rules[] = {
    // by TuningRule
    {"this_machine", "measured on this machine for this problem"},
    {"same_microarchitecture", "measured for this problem on a machine of the same family and model"},
    {"same_features", "measured for this problem on a machine with the same features"},
    {"library_table", "in the library's own table"},
    {"nearest", "of the nearest problem of the same regime that was measured"},
    {"built_in", "no entry is for this problem or near it"},
};

ordered_json explained(const Task& task) {
    TuningChoice choice;
    check(tuning_choice(task.problem, task.operation, choice));
    const auto named = [](const char* text) { return *text ? ordered_json(text) : ordered_json(); };
    return {{"problem", task.name},
            {"kernel", choice.kernel},
            {"rule", rules[int(choice.rule)].name},
            {"entry", choice.entry < 0 ? ordered_json() : ordered_json(choice.entry)},
            {"wanted", named(choice.wanted)},
            {"not_used_because", named(choice.why_not)},
            {"built_in", choice.built_in},
            {"sentence", rules[int(choice.rule)].sentence}};
}

std::string line_of(const ordered_json& e) {
    const auto text = [&](const char* key) { return e.at(key).get<std::string>(); };
    std::string line = text("problem") + ": " + text("kernel") + "\n  ";
    if (e.at("rule") == "built_in") return line + "the usual choice: " + text("sentence") + "\n";
    if (e.at("wanted").is_null())
        return line + "the usual choice: an entry says it is the best, " + text("sentence") + "\n";
    line += e.at("not_used_because").is_null()
                ? "an entry " + text("sentence") + "; without it " + text("built_in")
                : "the usual choice: an entry " + text("sentence") + " wants " + text("wanted") + ", but " +
                      text("not_used_because");
    return line + "\n";
}

}  // namespace

void explain(const TuneOptions& options) {
    prepare(options.run);
    ordered_json all = ordered_json::array();
    const std::vector<Task> tasks = tasks_of(options);
    check_target_is_tuned();
    for (const Task& task : tasks) all.push_back(explained(task));
    if (!options.as_json)
        for (const ordered_json& e : all) std::cout << line_of(e);
    else
        std::cout << json_output({{"choices", all}});
}

}  // namespace lcn::tool
