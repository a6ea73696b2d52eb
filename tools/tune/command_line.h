#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "tune/tune.h"

namespace lcn::tool {

// Of a number of seconds: what is wrong with it, or "".
std::string check_seconds(std::string& text);

// The command as a tuning's file has it: `lcn` and its arguments, cut where they are too many.
std::string command_text(int argc, char** argv);

// The options of `lcn tune` that lcn_tuner has as well.
void add_measuring_options(CLI::App& command, TuneOptions& options, const std::vector<std::string>& rigors);

}  // namespace lcn::tool
