// Which of lcn's kernels did the work.
#pragma once

#include <string>
#include <vector>

namespace digits {

// Symbols of the kernels that this process has run. Throws std::runtime_error when one of them belongs to
// another target than the active one, or when none has run.
std::vector<std::string> kernels_used();

}  // namespace digits
