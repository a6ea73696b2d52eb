#include "tune/answer.h"

#include <algorithm>
#include <stdexcept>

#include "json_text.h"
#include "tuning_object.h"

namespace lcn::tool {

namespace {

const char* const last_format = "lcn tuner";
constexpr std::string_view reasons[] = {"", "interrupted", "time limit"};

bool is_last(const nlohmann::json& value) {
    return value.is_object() && value.contains("format") && value["format"] == last_format;
}

}  // namespace

std::string Answer::line() const {
    if (last)
        return nlohmann::ordered_json({{"format", last_format},
                                       {"measured", measured},
                                       {"skipped", skipped},
                                       {"stopped", stopped}})
                   .dump() +
               "\n";
    std::string text = layer::tuning_file_text(file);
    text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
    return text + "\n";
}

Answer parse_answer(const std::string& line) {
    Answer answer;
    const nlohmann::json value = layer::parse_json(line, {8, 4'000'000});
    answer.last = is_last(value);
    if (answer.last) {
        const layer::TuningObject o(value, "the last line", {"format", "measured", "skipped", "stopped"});
        answer.measured = o.integer("measured", 0, max_tuning_entries);
        answer.skipped = o.integer("skipped", 0, max_tuning_entries);
        answer.stopped = reasons[size_t(o.word("stopped", reasons))];
        return answer;
    }
    answer.file = layer::parse_tuning_file(line, layer::KernelsOf::any_library);
    const auto& machines = answer.file.machines;
    if (machines.size() != 1 || machines[0].rows.size() > 1)
        throw std::runtime_error("it is not one machine with at most one entry");
    return answer;
}

}  // namespace lcn::tool
