#pragma once

#include <string>

namespace lcn::tool {

struct ConvertOptions {
    std::string model_path, output_path;
    std::string config_path;  // empty: none
};

// Runs the Python program in tools/convert, whose text is in this executable, and returns its exit code. The
// interpreter is LCN_PYTHON of the environment, else the build's own .venv, else python3. Throws
// std::runtime_error when there is none, or when it was killed.
int convert(const ConvertOptions& options);

}  // namespace lcn::tool
