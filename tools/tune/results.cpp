#include "tune/results.h"

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "json_output.h"
#include "output_file.h"
#include "tune/folder_lock.h"
#include "tune/measurement.h"

namespace lcn::tool {

using layer::TunedRow;
using nlohmann::ordered_json;

layer::TuningFile tuning_so_far(const std::string& path, const std::string& kernels) {
    std::error_code ignored;  // reading says what is wrong
    if (std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found)
        return {kernels, {}};
    layer::TuningFile file = layer::read_tuning_file(path, layer::KernelsOf::any_library);
    if (file.kernels != kernels)
        throw std::runtime_error(path + ": made with other kernels (" + file.kernels +
                                 ") than those that would be measured (" + kernels + ")");
    return file;
}

Results::Results(const TuneOptions& options, layer::TuningFile file, const layer::Machine& machine,
                 const std::string& target, int threads)
    : options_(options), file_(std::move(file)), machine_(machine), target_(target), threads_(threads) {
    // Whether it can be written is said before anything is measured. A new one would take its name, and root
    // may write every file: who takes away the permission wants to keep it.
    namespace fs = std::filesystem;
    constexpr fs::perms writable_by =
        fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
    std::error_code ignored;
    const fs::file_status status = fs::status(options.output, ignored);
    if (fs::is_regular_file(status) && (status.permissions() & writable_by) == fs::perms::none)
        throw std::runtime_error(options.output + ": nobody may write it");
    write_output([&] { layer::PartialFile writable(options.output); });
}

TunedRow Results::row_of(const Task& task) const {
    TunedRow row;
    row.operation = task.operation, row.problem = task.problem;
    row.target = target_, row.threads = threads_;
    return row;
}

TunedRow* Results::find(const Task& task) {
    const TunedRow::Question wanted = row_of(task).question();
    for (TunedRow& row : mine().rows)
        if (row.question() == wanted) return &row;
    return nullptr;
}

void Results::need_room() {
    try {
        layer::check_room(file_, mine());
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(options_.output + ": " + e.what());
    }
}

bool Results::has(const Task& task, const std::string& cost_model) {
    const TunedRow* const row = find(task);
    if (!row) need_room();
    const bool enough = row && !options_.again && row->rigor >= rigor_of(options_) &&
                        row->may_reorder == options_.reorders &&
                        (!options_.untuned || row->compared_with.empty()) &&
                        (cost_model.empty() || row->cost_model == cost_model);
    if (enough) report(task, *row, "in the file already");
    return enough;
}

void Results::put(const TunedRow& row, const Task& task) {
    if (TunedRow* const before = find(task)) {
        *before = row;
    } else {
        need_room();
        mine().rows.push_back(row);
    }
}

void Results::keep(TunedRow row, const Task& task) {
    row.command = options_.command;
    write_output([&] {
        const FolderLock alone(options_.output);
        file_ = tuning_so_far(options_.output, file_.kernels);
        put(row, task);
        layer::write_tuning_file(options_.output, file_);
    });
    report(task, row, "");
}

void Results::report(const Task& task, const TunedRow& row, const std::string& note) {
    ordered_json json = ordered_json::parse(layer::row_text(row));
    json.erase("samples");
    rows_.push_back(json);
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

void Results::end(const std::string& stopped) {
    say_end(options_, rows_, stopped, !mine().rows.empty());
}

void say_end(const TuneOptions& options, const ordered_json& rows, const std::string& stopped, bool found) {
    if (options.as_json)
        std::cout << json_output({{"file", options.output},
                                  {"rigor", options.rigor},
                                  {"stopped", stopped.empty() ? ordered_json() : ordered_json(stopped)},
                                  {"entries", rows}});
    else if (!stopped.empty())
        std::cout << "stopped (" << stopped << "): "
                  << (found ? "the same command goes on; " + options.output + " has what was found"
                            : "nothing was found so far")
                  << "\n";
}

}  // namespace lcn::tool
