#include "tune/statistics.h"

#include <algorithm>

namespace lcn::tool {

uint64_t SeededNumbers::below(uint64_t end) {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % end;
}

double median(std::vector<double> values) {
    const size_t half = values.size() / 2;
    std::sort(values.begin(), values.end());
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double spread_of_median(const std::vector<double>& values, SeededNumbers& numbers) {
    constexpr int resamplings = 1000;
    std::vector<double> medians, resampled(values.size());
    for (int k = 0; k < resamplings; k++) {
        for (double& value : resampled) value = values[numbers.below(values.size())];
        medians.push_back(median(resampled));
    }
    std::sort(medians.begin(), medians.end());
    return (medians[resamplings * 975 / 1000] - medians[resamplings * 25 / 1000]) / 2;
}

}  // namespace lcn::tool
