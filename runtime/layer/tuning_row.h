// A row of a tuning's file: one problem that was tuned.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "lcn/tuning.h"

namespace lcn::layer {

constexpr size_t longest_tuned_name = 160;  // of kernels, targets and machines

enum class Rigor { measure, patient };  // that leave something to write down

// Kernels are symbols, "" is the usual choice.
struct TunedRow {
    struct Samples {
        std::string kernel;
        std::vector<double> seconds;  // of one call, in the order of measuring
    };

    Operation operation = Operation::forward;
    Problem problem;
    int threads = 1;
    std::string target, kernel;
    bool reorders = false;     // `kernel` sums in another order than the usual choice
    bool may_reorder = false;  // such kernels were candidates
    Rigor rigor = Rigor::measure;
    int64_t seed = 0;
    std::string compared_with;    // the choice that was in force
    double gain = 1, spread = 0;  // how many times as fast as that, and half the width of its 95 % interval
    std::vector<Samples> samples;

    // What the row answers: its target, and operation, threads and sizes.
    using Question = std::pair<std::string, std::vector<int64_t>>;
    Question question() const;
};

// `place` is where the file has it, for errors: std::runtime_error.
TunedRow parse_tuned_row(const nlohmann::json& value, const std::string& place);
std::string row_text(const TunedRow& row);  // as the file has it

const char* name_of(Operation operation);

}  // namespace lcn::layer
