// The command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "training.h"

namespace digits {

struct Options {
    TrainingPlan training;
    uint32_t seed = 1;
    int threads = 1;
    std::string target;  // empty: lcn's choice
    std::string data;
    std::string picture = "digits_filters.png";
};

// Fills `options`. Gives an exit code when the program should end here: 0 after --help, 2 after wrong usage,
// which is named in one line on standard error.
std::optional<int> parse_options(int argc, char** argv, Options& options);

}  // namespace digits
