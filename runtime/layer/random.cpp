#include "random.h"

#include <cmath>

namespace lcn::layer {

namespace {

uint64_t any_seed() {
    std::random_device device;
    return uint64_t(device()) << 32 | device();
}

}  // namespace

Random::Random(std::optional<int64_t> seed) : bits_(seed ? uint64_t(*seed) : any_seed()) {}

double Random::unit() {
    return double(bits_() >> 11) * 0x1p-53;
}

float Random::uniform(float low, float high) {
    float value;
    do value = float(double(low) + (double(high) - double(low)) * unit());
    while (value == high && low != high);  // by rounding
    return value;
}

// Ratio of uniform numbers: (u, v) uniform in the region v^2 <= -4 u^2 ln u has v / u normal. The region lies
// between two curves of second order (J. L. Leva, ACM Transactions on Mathematical Software 18, 1992), so
// that the logarithm, which is not the same on all machines, decides one point in a hundred and never the
// value.
double Random::normal() {
    for (;;) {
        const double u = 1 - unit(), v = 1.7156 * (unit() - 0.5);
        const double x = u - 0.449871, y = std::abs(v) + 0.386595;
        const double q = x * x + y * (0.196 * y - 0.25472 * x);
        if (q < 0.27597 || (q <= 0.27846 && v * v <= -4 * u * u * std::log(u))) return v / u;
    }
}

double Random::truncated_normal() {
    for (;;)
        if (const double value = normal(); std::abs(value) <= 2) return value;
}

}  // namespace lcn::layer
