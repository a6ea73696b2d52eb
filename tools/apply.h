#pragma once

#include <string>

namespace lcn::tool {

struct ApplyOptions {
    std::string case_path, output_path;
    std::string target;  // empty: as the library chooses
    int threads = 0;     // 0: as the library chooses
};

// Runs the layer of a case file and writes its results; prints what ran. A case holds the layer's
// get_config() in the metadata entry `config` and the tensors `input`, `kernel`, `bias` (unless use_bias is
// false) and, for gradients, `grad_output`. Results that were recorded in it are not read.
void apply(const ApplyOptions& options);

}  // namespace lcn::tool
