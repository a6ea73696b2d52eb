// Stands in for the kernels and the machine while a plan is made: every kernel of the table computes nothing
// and records its call.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lcn::planner {

using Numbers = std::vector<int32_t>;  // as in generators/buffers.h

// What is the same in both; 0 where they differ.
Numbers common(Numbers one, const Numbers& other);

// Calls that differ in strides and free extents alone.
struct CallShape {
    std::string symbol;
    Numbers extents;  // of all buffers; 0: free

    bool operator<(const CallShape& other) const {
        return symbol != other.symbol ? symbol < other.symbol : extents < other.extents;
    }
};
struct Calls {
    Numbers numbers;  // what they have in common
    double work = 0;  // elements of the weights or of their gradient, over all calls
};

struct Record {
    std::set<std::string> kernels;     // symbols of all that ran
    std::map<CallShape, Calls> calls;  // of the passes' own kernels
};

// What has been called since the last time.
Record take_record();

// What second_level_cache() says.
void set_second_level_cache(int64_t bytes);

}  // namespace lcn::planner
