// What the programs take off the command line, or look at, before Google Benchmark does.
#pragma once

#include <string>

#include "lcn/lcn.h"

namespace bench {

// The value of `prefix` (`--name=`) on the command line, or "".
std::string option(int argc, char** argv, const std::string& prefix);

// The same, and takes it off.
std::string take_option(int& argc, char** argv, const std::string& prefix);

// Takes --kernel=SYMBOL off the command line and obeys it.
lcn::Status take_kernel(int& argc, char** argv);

bool lists_rows(int argc, char** argv);

}  // namespace bench
