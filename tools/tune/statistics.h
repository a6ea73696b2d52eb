#pragma once

#include <cstdint>
#include <vector>

namespace lcn::tool {

// Numbers that a seed gives, the same on every machine (splitmix64).
class SeededNumbers {
  public:
    explicit SeededNumbers(uint64_t seed) : state_(seed) {}
    uint64_t below(uint64_t end);

  private:
    uint64_t state_;
};

double median(std::vector<double> values);  // there is at least one

// Half the width of the interval that holds the middle 95 % of the medians of 1,000 resamplings.
double spread_of_median(const std::vector<double>& values, SeededNumbers& numbers);

}  // namespace lcn::tool
