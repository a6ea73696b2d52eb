#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "errors.h"
#include "lcn/tuning_file.h"
#include "partial_file.h"
#include "runtime/signals.h"

namespace lcn::tool {

// Refuses an output that is one of the files it is made of, under whatever name; LCN_TUNING's is one of them.
inline void check_output(const std::string& output, std::vector<std::string> inputs,
                         const std::string& argument = "--output") {
    inputs.push_back(environment_tuning().path);
    std::error_code ignored;  // what is not there is another file
    for (const std::string& input : inputs)
        if (std::filesystem::equivalent(output, input, ignored))
            throw Refused(argument + ": " + output + " is the same file as " + input);
}

// Writes with `write`: a signal that would end the program does so afterwards, when the file is whole or
// gone.
template <typename Write>
void write_output(Write&& write) {
    const NoSignals until_written;
    write();
}

inline void write_output(const std::string& path, const std::string& text) {
    write_output([&] {
        layer::PartialFile file(path);
        file.write(text.data(), text.size());
        file.complete();
    });
}

}  // namespace lcn::tool
