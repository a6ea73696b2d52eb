#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>

#include "errors.h"

namespace lcn::tool {

// Refuses an output that is one of the files it is made of, under whatever name.
inline void check_output(const std::string& output, std::initializer_list<std::string> inputs) {
    std::error_code ignored;  // what is not there is another file
    for (const std::string& input : inputs)
        if (std::filesystem::equivalent(output, input, ignored))
            throw Refused("--output: " + output + " is the same file as " + input);
}

}  // namespace lcn::tool
