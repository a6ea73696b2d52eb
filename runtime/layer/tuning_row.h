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
constexpr size_t longest_tuning_command = 1000;

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
    std::string cost_model;          // what the cost model chose then, a symbol,
    int64_t second_level_cache = 0;  // for cores with so many bytes of it
    std::string compared_with;       // the choice that was in force
    double gain = 1, spread = 0;  // how many times as fast as that, and half the width of its 95 % interval
    std::vector<Samples> samples;
    std::string date, command;  // 2026-11-29; "": the program that measured was told no command
    // What the machine could do just before, with as many threads: read beyond its caches, and multiply and
    // add with the vectors of the target.
    double read_GBps = 0, multiply_add_GFLOPS = 0;

    // What the row answers: its target, and operation, threads and sizes.
    using Question = std::pair<std::string, std::vector<int64_t>>;
    Question question() const;
};

// `place` is where the file has it, for errors: std::runtime_error.
TunedRow parse_tuned_row(const nlohmann::json& value, const std::string& place);
// Throws std::runtime_error when the row changes a choice without samples of both kernels, or a gain beyond
// doubt.
void check_evidence(const TunedRow& row);
std::string row_text(const TunedRow& row);  // as the file has it

const char* name_of(Operation operation);

}  // namespace lcn::layer
