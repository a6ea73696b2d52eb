// What lcn_tuner says on standard output, a line of JSON at a time: for every task that it measured a tuning
// file with one machine and one entry, to describe itself such a file without an entry, and a last line that
// says that this was all. So what was measured before a connection breaks is whole.
#pragma once

#include <string>

#include "tuning_file.h"

namespace lcn::tool {

struct Answer {
    bool last = false;
    // Of the last one: tasks measured and skipped for want of memory; why it stopped before its last task.
    int64_t measured = 0, skipped = 0;
    std::string stopped;
    // Of all others.
    layer::TuningFile file;

    std::string line() const;  // with its end
};

// Throws std::runtime_error with the reason.
Answer parse_answer(const std::string& line);

constexpr size_t longest_answer = 16 << 20;  // bytes

}  // namespace lcn::tool
