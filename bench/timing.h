// Times of calls, and what lies between them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

template <typename Call>
double seconds_of(Call&& call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The value below which a `fraction` of the values lies.
inline double quantile(std::vector<double> values, double fraction) {
    const auto at = values.begin() + int64_t(fraction * double(values.size() - 1) + 0.5);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

inline double median(const std::vector<double>& values) {
    return quantile(values, 0.5);
}

}  // namespace bench
