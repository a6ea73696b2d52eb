#pragma once

#include <string>

namespace lcn::tool {

struct ConvertOptions {
    std::string model_path, output_path;
    std::string config_path;  // empty: none
};

// Becomes the Python program in tools/convert, whose text is in this executable, and so returns only to throw
// std::runtime_error: no interpreter. That is LCN_PYTHON of the environment, else the build's own .venv, else
// python3.
[[noreturn]] void convert(const ConvertOptions& options);

}  // namespace lcn::tool
