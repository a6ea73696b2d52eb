#pragma once

#include <string>

#include "kernels_ran.h"

namespace lcn::tool {

// Runs the model of a converted file on the tensor `input` of another (whose other tensors are not read),
// writes `output` and prints what ran. Everything is checked before anything runs: the layers, their tensors
// and shapes.
void run(const std::string& model_path, const std::string& input_path, const std::string& output_path,
         const RunOptions& options);

}  // namespace lcn::tool
