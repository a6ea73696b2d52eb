#include "tune/choices.h"

#include <cstdio>
#include <iostream>
#include <map>
#include <set>
#include <stdexcept>

#include "output_file.h"
#include "tune/task.h"
#include "tuning_file.h"

namespace lcn::tool {

namespace {

using layer::TunedRow;

// forward 30x30x64:3x3x32:n8 1
std::string problem_words(const TunedRow& row) {
    std::string words = task_word({"", row.problem, row.operation});
    words[words.find(':')] = ' ';
    return words + (row.threads == 1 ? " 1" : " more");
}

std::string evidence(const TunedRow& row) {
    size_t samples = 0;
    for (const TunedRow::Samples& s : row.samples)
        if (s.kernel == row.kernel) samples += s.seconds.size();
    char text[80];
    std::snprintf(text, sizeof text, "%.3f %.3f %zu ", row.gain, row.spread, samples);
    return text + row.cost_model;
}

std::string choices_text(const layer::TuningFile& file) {
    std::map<std::string, std::string> lines;  // by target
    std::set<std::string> seen;
    for (const layer::TunedMachine& machine : file.machines)
        for (const TunedRow& row : machine.rows) {
            if (row.reorders)
                throw std::runtime_error("kernel " + row.kernel +
                                         " may change bits: a library of layers takes no such choice");
            const std::string words = problem_words(row);
            if (!seen.insert(row.target + " " + words).second) continue;
            lines[row.target] += "lcn_tuned(" + words + " " + (row.kernel.empty() ? "-" : row.kernel) + " " +
                                 evidence(row) + ")\n";
        }
    std::string text;
    for (const auto& [target, of_target] : lines) text += "set(target " + target + ")\n" + of_target;
    return text;
}

}  // namespace

void print_choices(const std::string& tuning_path, const std::string& output_path) {
    const layer::TuningFile file = layer::read_tuning_file(tuning_path, layer::KernelsOf::any_library);
    std::string text;
    try {
        text = choices_text(file);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(tuning_path + ": " + e.what());
    }
    if (output_path.empty()) {
        std::cout << text;
        return;
    }
    check_output(output_path, {tuning_path});
    write_output(output_path, text);
}

}  // namespace lcn::tool
