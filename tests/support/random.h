// Reproducible numbers, the same on every machine.
#pragma once

#include <cstdint>
#include <vector>

namespace lcn_test {

using Floats = std::vector<float>;

class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t bits() {  // splitmix64
        uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    int64_t below(int64_t end) { return int64_t(bits() % uint64_t(end)); }

    // An integer of [-magnitude, magnitude] without 0, so that no sum of products is ever -0.
    float integer(int64_t magnitude) {
        const int64_t positive = 1 + below(magnitude);
        return float(bits() & 1 ? positive : -positive);
    }
    float real() { return float(int64_t(bits() >> 39) - (1 << 24)) * 0x1p-24f; }  // of [-1, 1)

    Floats integers(int64_t count, int64_t magnitude = 3) {
        Floats values(count);
        for (float& value : values) value = integer(magnitude);
        return values;
    }
    Floats reals(int64_t count) {
        Floats values(count);
        for (float& value : values) value = real();
        return values;
    }

  private:
    uint64_t state_;
};

}  // namespace lcn_test
