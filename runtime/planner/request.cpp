#include "request.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

namespace lcn::planner {

namespace {

std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');) result.push_back(word);
    return result;
}

Function function_of(const std::string& name) {
    for (int f = 0; f <= int(Function::mish); f++)
        if (name == function_name(Function(f))) return Function(f);
    fail("activation has no such value: " + name);
}

}  // namespace

void fail(const std::string& reason) {
    std::fprintf(stderr, "lcn_planner: %s\n", reason.c_str());
    std::exit(1);
}

Request read_request(int argc, char** argv) {
    static const std::map<std::string, int64_t Problem::*> sizes = {
        {"input_rows", &Problem::input_rows},   {"input_columns", &Problem::input_columns},
        {"channels", &Problem::channels},       {"filters", &Problem::filters},
        {"kernel_rows", &Problem::kernel_rows}, {"kernel_columns", &Problem::kernel_columns},
        {"stride_rows", &Problem::stride_rows}, {"stride_columns", &Problem::stride_columns},
    };
    Request r;
    Problem& p = r.problem;
    for (int k = 1; k < argc; k++) {
        const std::string argument = argv[k];
        const size_t equals = argument.find('=');
        const std::string key = argument.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
        if (sizes.count(key))
            p.*sizes.at(key) = std::atoll(value.c_str());
        else if (key == "padding")
            p.padding = value == "same" ? Padding::same : Padding::valid;
        else if (key == "data_format")
            p.data_format =
                value == "channels_first" ? DataFormat::channels_first : DataFormat::channels_last;
        else if (key == "activation")
            p.activation.function = function_of(value);
        else if (key == "bias")
            r.bias = value == "true";
        else if (key == "targets")
            r.targets = words(value);
        else if (key == "operations")
            r.operations = words(value);
        else if (key == "choice")
            r.choices.push_back(words(value));
        else if (key == "batches")
            for (const std::string& batch : words(value)) r.batches.push_back(std::atoll(batch.c_str()));
        else
            fail("unknown argument '" + argument + "'");
    }
    return r;
}

}  // namespace lcn::planner
