#include "options.h"

#include <algorithm>

#include "lcn/kernels.h"

namespace bench {

std::string option(int argc, char** argv, const std::string& prefix) {
    for (int i = 1; i < argc; i++)
        if (std::string(argv[i]).rfind(prefix, 0) == 0) return argv[i] + prefix.size();
    return "";
}

std::string take_option(int& argc, char** argv, const std::string& prefix) {
    const std::string value = option(argc, argv, prefix);
    const auto given = [&](const char* argument) { return std::string(argument).rfind(prefix, 0) == 0; };
    argc = int(std::remove_if(argv + 1, argv + argc, given) - argv);
    return value;
}

lcn::Status take_kernel(int& argc, char** argv) {
    return lcn::prefer_kernel(take_option(argc, argv, "--kernel=").c_str());
}

bool lists_rows(int argc, char** argv) {
    return std::find(argv, argv + argc, std::string("--benchmark_list_tests")) != argv + argc;
}

}  // namespace bench
