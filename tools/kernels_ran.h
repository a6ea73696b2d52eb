#pragma once

#include <string>

#include "lcn/safetensors.h"

namespace lcn::tool {

// What a command that runs kernels may be told of them.
struct RunOptions {
    std::string target;  // empty: as the library chooses
    int threads = 0;     // 0: as the library chooses
};

// Sets what the options say and forgets what ran before.
void prepare(const RunOptions& options);

// The metadata `target` and `kernels`, a JSON list of the symbols that ran since prepare(). Throws
// std::runtime_error when a kernel of another target ran: results must not come from a slower target that
// nobody asked for.
Metadata kernels_ran();

// Prints the same, one line for each name.
void print_kernels_ran(const Metadata& ran);

}  // namespace lcn::tool
