#include "momentum.h"

namespace digits {

std::vector<float> zeros_like(const std::vector<float>& array) {
    return std::vector<float>(array.size());
}

void axpby(float a, const std::vector<float>& x, float b, std::vector<float>& y) {
    for (size_t i = 0; i < y.size(); i++) y[i] = a * x[i] + b * y[i];
}

}  // namespace digits
