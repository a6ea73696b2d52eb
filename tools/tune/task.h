#pragma once

#include <string>

#include "lcn/lcn.h"

namespace lcn::tool {

// An operation on a problem.
struct Task {
    std::string name;  // forward keras_doc_2 N32
    Problem problem;
    Operation operation;
};

// A task as one word of letters, digits, ':' and '_', which no shell changes: forward:30x30x64:3x3x32:n8
std::string task_word(const Task& task);
Task parse_task(const std::string& word);  // Throws Refused.

// Throws Refused when the present target is a device, whose kernels are not tuned.
void check_target_is_tuned();

}  // namespace lcn::tool
