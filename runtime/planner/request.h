#pragma once

#include <string>
#include <vector>

#include "lcn/lcn.h"

namespace lcn::planner {

// What the command line asks for.
struct Request {
    Problem problem;
    bool bias = true;
    std::vector<std::string> targets, operations;
    std::vector<int64_t> batches;
    std::vector<std::vector<std::string>> choices;  // the words of each, file_choices.h
};

// Ends the program when an argument is unknown.
Request read_request(int argc, char** argv);

[[noreturn]] void fail(const std::string& reason);

}  // namespace lcn::planner
