#pragma once

#include <vector>

#include "tune/task.h"
#include "tune/tune.h"

namespace lcn::tool {

// What the options ask for, on whatever machine. Throws Refused.
std::vector<Task> tasks_of(const TuneOptions& options);

}  // namespace lcn::tool
