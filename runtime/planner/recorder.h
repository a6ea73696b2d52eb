// Stands in for the kernels and the machine while a plan is made: every kernel of the table computes nothing
// and records its call.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lcn::planner {

// Calls of one kernel that differ in their positions alone.
struct Calls {
    std::vector<int32_t>
        numbers;      // as in generators/buffers.h; 0: positions, and what differs between the calls
    double work = 0;  // elements of the weights or of their gradient, over all calls
};

struct Record {
    std::set<std::string> kernels;  // symbols of all that ran
    // Of the passes' own kernels, by symbol and extents.
    std::map<std::string, std::map<std::vector<int32_t>, Calls>> calls;
};

// What has been called since the last time.
Record take_record();

// What second_level_cache() says.
void set_second_level_cache(int64_t bytes);

}  // namespace lcn::planner
