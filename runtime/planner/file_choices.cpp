#include "file_choices.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "geometry.h"
#include "request.h"

namespace lcn::planner {

namespace {

constexpr const char* operation_names[] = {"forward", "backward_input", "backward_weights"};

template <typename Names, typename Of>
int index_of(const std::string& name, int count, Names&& name_of, Of&& what) {
    for (int k = 0; k < count; k++)
        if (name_of(k) == name) return k;
    fail(std::string(what) + " has no such value: " + name);
}

TunedRow row_of(const KernelTable& table, const std::vector<std::string>& words) {
    if (words.size() != 15) fail("a choice has " + std::to_string(words.size()) + " words");
    const int target = index_of(
        words[0], table.target_count(), [&](int t) { return table.target(t).name; }, "target");
    const int operation = index_of(
        words[1], 3, [&](int k) { return operation_names[k]; }, "operation");
    const Padding padding = words[12] == "same" ? Padding::same : Padding::valid;
    const DataFormat format =
        words[13] == "channels_first" ? DataFormat::channels_first : DataFormat::channels_last;
    const auto number = [&](size_t k) { return int32_t(std::atoll(words[k].c_str())); };
    TunedRow row = {
        {tuned_kind(Operation(operation), padding, format, words[2] == "true", target), number(3), number(4),
         number(5), number(6), number(9), number(7), number(8), number(10), number(11)},
        -1};
    if (words[14] != "-")
        row.kernel = index_of(
            words[14], table.kernel_count(), [&](int k) { return table.kernel_info(k).symbol; }, "kernel");
    return row;
}

}  // namespace

FileChoices::FileChoices(const KernelTable& table, const std::vector<std::vector<std::string>>& choices)
    : TunedChoices{wanted}, table_(table) {
    for (const std::vector<std::string>& words : choices) rows_.push_back(row_of(table, words));
}

bool FileChoices::take_found() {
    return std::exchange(found_, false);
}

const char* FileChoices::not_planned(const std::vector<int64_t>& batches,
                                     const std::set<std::string>& planned) const {
    for (const TunedRow& row : rows_) {
        if (row.kernel < 0 || !std::count(batches.begin(), batches.end(), row.numbers[1])) continue;
        const char* const symbol = table_.kernel_info(row.kernel).symbol;
        if (!planned.count(symbol)) return symbol;
    }
    return nullptr;
}

Wanted FileChoices::find(const KernelTable& table, const Geometry& g, Operation operation, int target) const {
    if (!applied_) return {nullptr, true};
    for (const TunedRow& row : rows_)
        if (row.is_for(g.problem, operation, target))
            return {row.kernel < 0 ? nullptr : table.kernels().first + row.kernel, true};
    return table.table_wanted(g, operation, target);
}

Wanted FileChoices::wanted(const TunedChoices& choices, const KernelTable& table, const Geometry& g,
                           Operation operation, int target) {
    const FileChoices& own = static_cast<const FileChoices&>(choices);
    const Wanted found = own.find(table, g, operation, target);
    own.found_ = own.found_ || found.kernel;
    return found;
}

}  // namespace lcn::planner
