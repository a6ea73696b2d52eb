#pragma once

#include <string>
#include <vector>

#include "lcn/lcn.h"
#include "tune/tune.h"

namespace lcn::tool {

// An operation on a problem.
struct Task {
    std::string name;  // forward keras_doc_2 N32
    Problem problem;
    Operation operation;
};

// What the options ask for. Throws Refused.
std::vector<Task> tasks_of(const TuneOptions& options);

}  // namespace lcn::tool
