// Random numbers, the same for a seed on every machine and with every compiler.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

namespace lcn::layer {

class Random {
  public:
    explicit Random(std::optional<int64_t> seed);  // none: different each time

    float uniform(float low,
                  float high);  // of [low, high), or of (high, low] if these are the wrong way round
    double normal();
    double truncated_normal();  // redrawn until it is within 2 standard deviations

  private:
    double unit();  // of [0, 1): a multiple of 2^-53

    std::mt19937_64 bits_;
};

}  // namespace lcn::layer
