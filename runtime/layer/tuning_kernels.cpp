// The kernels that a tuning's file names.
#include <cstdio>
#include <map>
#include <stdexcept>

#include "lcn/device.h"
#include "lcn/kernels.h"
#include "tuning_file.h"

namespace lcn::layer {

// FNV-1a over the symbols, in the order of the table, the targets' features, and what the kernels are made of.
std::string kernel_set() {
    uint64_t hash = 0xcbf29ce484222325u;
    const auto add = [&](const char* text) {
        do hash = (hash ^ uint8_t(*text)) * 0x100000001b3u;
        while (*text++);
    };
    for (int k = 0; k < kernel_count(); k++) add(kernel_info(k).symbol);
    for (int t = 0; t < target_count(); t++) add(target_cpu_features(t));
    add(LCN_ALGORITHMS);
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    return text;
}

TuningEntry entry_of(const TunedRow& r, TuningOrigin origin) {
    return {r.operation, r.problem, r.threads, r.target.c_str(), r.kernel.c_str(), origin, r.reorders};
}

namespace {

void check_entries(const std::vector<TuningEntry>& entries) {
    if (const Status s = check_tuning(entries.data(), int64_t(entries.size())); !s.ok())
        throw std::runtime_error(s.message);
}

bool is_name(const std::string& text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// lcn_<operation>..._f32_<target>...
bool is_named_for(const TunedRow& row, const std::string& kernel) {
    const std::string begin = std::string("lcn_") + name_of(row.operation), middle = "_f32_" + row.target;
    const size_t at = kernel.find(middle, begin.size());
    return is_name(kernel) && kernel.rfind(begin, 0) == 0 && at != std::string::npos &&
           (kernel + "_")[at + middle.size()] == '_';
}

// All kernels that a row names, each with its key.
std::vector<std::pair<const char*, std::string>> kernels_of(const TunedRow& row) {
    std::vector<std::pair<const char*, std::string>> kernels = {
        {"kernel", row.kernel}, {"cost_model", row.cost_model}, {"compared_with", row.compared_with}};
    for (const TunedRow::Samples& s : row.samples) kernels.emplace_back("samples", s.kernel);
    std::erase_if(kernels, [](const auto& named) { return named.second.empty(); });  // the usual choice
    return kernels;
}

void check_names(const std::vector<TunedRow>& rows) {
    std::map<std::string, std::string> target_of;
    for (int k = 0; k < kernel_count(); k++) target_of[kernel_info(k).symbol] = kernel_info(k).target;
    for (const TunedRow& row : rows)
        for (const auto& [key, kernel] : kernels_of(row)) {
            const auto known = target_of.find(kernel);
            if (known == target_of.end())
                throw std::runtime_error(std::string(key) + ": no kernel is named '" + kernel + "'");
            if (known->second != row.target || !is_named_for(row, kernel))
                throw std::runtime_error(std::string(key) + ": '" + kernel + "' is not one of " +
                                         name_of(row.operation) + " of target '" + row.target + "'");
        }
}

const char* some_processor() {
    int t = 0;
    while (target_is_device(target_name(t))) t++;
    return target_name(t);
}

// The kernels are in another library; the rest is the same for every processor.
void check_rows_of_others(const std::vector<TunedRow>& rows) {
    std::map<std::string, std::vector<TuningEntry>> by_target;
    for (const TunedRow& row : rows) {
        if (!is_name(row.target)) throw std::runtime_error("target: '" + row.target + "' is no name");
        for (const auto& [key, kernel] : kernels_of(row))
            if (!is_named_for(row, kernel))
                throw std::runtime_error(std::string(key) + ": '" + kernel + "' is not named as kernels of " +
                                         name_of(row.operation) + " of target '" + row.target + "' are");
        TuningEntry& entry = by_target[row.target].emplace_back(entry_of(row, TuningOrigin::this_machine));
        entry.target = some_processor(), entry.kernel = "";
    }
    for (const auto& [target, entries] : by_target) check_entries(entries);
}

}  // namespace

void check_rows(const std::vector<TunedRow>& rows, const std::string& kernels) {
    if (kernels != kernel_set()) {
        check_rows_of_others(rows);
    } else {
        std::vector<TuningEntry> entries;
        for (const TunedRow& row : rows) entries.push_back(entry_of(row, TuningOrigin::this_machine));
        check_entries(entries);
        check_names(rows);
    }
    for (const TunedRow& row : rows) check_evidence(row);
}

}  // namespace lcn::layer
