#include "tuning_file.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

#include "file_status.h"
#include "json_text.h"
#include "partial_file.h"
#include "tuning_object.h"

namespace lcn::layer {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

const char* const format_name = "lcn tuning";
const uint64_t max_file_bytes = 64 << 20;
const char* const too_large = "more than 64 MB";
const JsonLimits limits{8, 4'000'000};
const size_t max_machines = 64, max_features = 64;

TunedMachine parse_machine(const json& value, const std::string& place, const std::string& kernels) {
    const TuningObject o(value, place,
                         {"vendor", "brand", "family", "model", "stepping", "features", "entries"});
    TunedMachine m;
    m.machine.vendor = o.text("vendor", longest_tuned_name);
    m.machine.brand = o.text("brand", longest_tuned_name);
    m.machine.family = o.integer("family", 0, 1'000'000);
    m.machine.model = o.integer("model", 0, 1'000'000);
    m.machine.stepping = o.integer("stepping", 0, 1'000'000);
    const json& features = o.list("features", max_features);
    for (size_t k = 0; k < features.size(); k++)
        m.machine.features.push_back(plain_text(features[k], o.place("features", k), longest_tuned_name));
    const json& rows = o.list("entries", size_t(max_tuning_entries));
    for (size_t k = 0; k < rows.size(); k++)
        m.rows.push_back(parse_tuned_row(rows[k], o.place("entries", k)));
    try {
        check_rows(m.rows, kernels);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(o.place("entries") + ": " + e.what());
    }
    return m;
}

// One entry a line, so that files can be read and compared.
std::string text_of(const TunedMachine& m) {
    const ordered_json head = {{"vendor", m.machine.vendor},     {"brand", m.machine.brand},
                               {"family", m.machine.family},     {"model", m.machine.model},
                               {"stepping", m.machine.stepping}, {"features", m.machine.features}};
    std::string text = head.dump();
    text.pop_back();
    text += ", \"entries\": [";
    for (size_t k = 0; k < m.rows.size(); k++) text += (k ? ",\n" : "\n") + row_text(m.rows[k]);
    return text + "]}";
}

}  // namespace

TunedMachine& TuningFile::of(const Machine& machine) {
    for (TunedMachine& m : machines)
        if (m.machine == machine) return m;
    return machines.emplace_back(TunedMachine{machine, {}});
}

TuningFile parse_tuning_file(std::string_view text, KernelsOf whose) {
    const json parsed = parse_json(text, limits);
    // Another schema may have other keys: it comes first.
    if (!parsed.is_object() || !parsed.contains("format") || parsed["format"] != format_name)
        throw std::runtime_error("not a tuning of lcn: \"format\" is not \"" + std::string(format_name) +
                                 "\"");
    const json schema = parsed.value("schema", json());
    if (!schema.is_number_integer() || schema != tuning_schema)
        throw std::runtime_error("schema is not " + std::to_string(tuning_schema) +
                                 ", the one this version of "
                                 "lcn knows: " +
                                 excerpt(schema));
    const TuningObject o(parsed, "the file", {"format", "schema", "lcn", "kernels", "machines"});
    if (const std::string made_by = o.text("lcn", longest_tuned_name); made_by != version())
        throw std::runtime_error("made by lcn " + made_by + ", this is lcn " + version());
    TuningFile file;
    file.kernels = o.text("kernels", 16);
    if (whose == KernelsOf::this_library && file.kernels != kernel_set())
        throw std::runtime_error("made with other kernels (" + file.kernels + ") than this library has (" +
                                 kernel_set() + ")");
    if (file.kernels.size() != 16 || file.kernels.find_first_not_of("0123456789abcdef") != std::string::npos)
        o.fail("kernels", "16 hexadecimal digits");
    const json& machines = o.list("machines", max_machines);
    for (size_t k = 0; k < machines.size(); k++) {
        TunedMachine m = parse_machine(machines[k], o.place("machines", k), file.kernels);
        for (const TunedMachine& other : file.machines)
            if (other.machine == m.machine)
                throw std::runtime_error(o.place("machines", k) + " is a machine that the file had before");
        file.machines.push_back(std::move(m));
    }
    return file;
}

TuningFile read_tuning_file(const std::string& path, KernelsOf whose) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::file_status status = file_status(path, error);
    if (status.type() == fs::file_type::not_found) throw std::runtime_error(path + ": there is no such file");
    if (error) throw std::runtime_error(path + ": " + error.message());
    const uint64_t bytes = fs::file_size(path, error);
    if (error || bytes > max_file_bytes) throw std::runtime_error(path + ": " + too_large);
    std::string text(size_t(bytes), '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file.read(text.data(), std::streamsize(bytes))) throw std::runtime_error(path + ": cannot be read");
    try {
        return parse_tuning_file(text, whose);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(path + ": " + e.what());
    }
}

std::string tuning_file_text(const TuningFile& file) {
    std::string text =
        "{\"format\": \"" + std::string(format_name) + "\", \"schema\": " + std::to_string(tuning_schema) +
        ", \"lcn\": " + json(version()).dump() + ", \"kernels\": \"" + file.kernels + "\",\n\"machines\": [";
    for (size_t k = 0; k < file.machines.size(); k++) text += (k ? ",\n" : "\n") + text_of(file.machines[k]);
    return text + "]}\n";
}

void check_room(const TuningFile& file, const TunedMachine& machine) {
    if (file.machines.size() > max_machines)
        throw std::runtime_error("would have more than " + std::to_string(max_machines) + " machines");
    if (machine.rows.size() >= size_t(max_tuning_entries))
        throw std::runtime_error("has " + std::to_string(max_tuning_entries) +
                                 " entries of this machine, the most it may have");
}

void write_tuning_file(const std::string& path, const TuningFile& file) {
    const std::string text = tuning_file_text(file);
    try {
        if (text.size() > max_file_bytes) throw std::runtime_error(too_large);
        // A value has two characters and more.
        if (text.size() > 2 * uint64_t(limits.values)) parse_json(text, limits);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(path + ": would be refused when read: " + e.what());
    }
    PartialFile partial(path);
    partial.write(text.data(), text.size());
    partial.complete();
}

std::vector<TuningEntry> entries_for(const TuningFile& file, const Machine& here, bool reorders) {
    std::vector<TuningEntry> entries;
    std::map<TuningOrigin, std::set<TunedRow::Question>> seen;
    for (const TunedMachine& m : file.machines) {
        const std::optional<TuningOrigin> origin = origin_of(m.machine, here);
        if (!origin) continue;
        std::set<TunedRow::Question>& answered = seen[*origin];
        for (const TunedRow& row : m.rows) {
            if (row.reorders && !reorders)
                throw std::runtime_error("kernel " + row.kernel +
                                         " may change bits, which was not asked for");
            // Of machines that are equally like this one the first that has the problem counts.
            if (answered.insert(row.question()).second) entries.push_back(entry_of(row, *origin));
            if (entries.size() > size_t(max_tuning_entries))
                throw std::runtime_error("more than " + std::to_string(max_tuning_entries) +
                                         " entries are for machines like this one");
        }
    }
    if (!seen.empty()) return entries;
    if (file.machines.empty()) throw std::runtime_error("it has no machine");
    throw std::runtime_error("made on another machine, " + description(file.machines.front().machine) +
                             "; this is " + description(here));
}

}  // namespace lcn::layer
