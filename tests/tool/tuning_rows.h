// Problems with kernels that tests tune or pretend to have tuned.
#pragma once

#include <string>
#include <vector>

#include "lcn/kernels.h"
#include "lcn/tuning.h"
#include "tuning_file.h"

// An image of 6 x 7 pixels and 5 channels, 24 filters of 3 x 3.
inline lcn::Problem small_problem(int64_t batch = 9) {
    lcn::Problem p;
    p.batch = batch, p.input_rows = 6, p.input_columns = 7, p.channels = 5;
    p.filters = 24, p.kernel_rows = 3, p.kernel_columns = 3;
    return p;
}
// The same as the tool reads it.
inline const std::string small = "6x7x5:3x3x24:n9";

inline std::string present_target() {
    const char* name = "";
    lcn::target(name);
    return name;
}

inline lcn::TuningChoice choice_of(const lcn::Problem& p, lcn::Operation operation) {
    lcn::TuningChoice choice;
    lcn::tuning_choice(p, operation, choice);
    return choice;
}

// The kernels that would do the work with the present target and threads.
inline std::vector<std::string> applicable_kernels(const lcn::Problem& p, lcn::Operation operation) {
    std::vector<std::string> symbols;
    for (int k = 0; k < lcn::kernel_count(); k++) {
        const char* const symbol = lcn::kernel_info(k).symbol;
        lcn::try_kernel(symbol, false);
        if (std::string(choice_of(p, operation).kernel) == symbol) symbols.push_back(symbol);
    }
    lcn::try_kernel(nullptr, false);
    return symbols;
}

inline lcn::layer::TunedRow tuned_row(const lcn::Problem& p, lcn::Operation operation,
                                      const std::string& kernel) {
    lcn::layer::TunedRow row;
    row.operation = operation, row.problem = p, row.threads = lcn::threads();
    row.target = present_target(), row.kernel = kernel;
    row.gain = 1.25, row.spread = 0.01;
    row.cost_model = choice_of(p, operation).built_in, row.second_level_cache = 512 << 10;
    row.date = "2026-11-29", row.command = "lcn tune", row.read_GBps = 20, row.multiply_add_GFLOPS = 100;
    row.samples = {{"", {0.00025, 0.00024}}, {kernel, {0.0002, 0.00019}}};
    return row;
}

// One for the forward pass of a library that has another target.
inline lcn::layer::TunedRow row_of_others(const lcn::Problem& p, const std::string& target,
                                          const std::string& kernel) {
    lcn::layer::TunedRow row = tuned_row(p, lcn::Operation::forward, kernel);
    row.target = target, row.cost_model = "lcn_forward_f32_" + target + "_1x1";
    return row;
}
