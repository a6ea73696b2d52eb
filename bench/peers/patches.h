// im2col and its transpose, for one patch per position and image.
#pragma once

#include <vector>

#include "bench/peers/calls.h"

class Patches {
  public:
    explicit Patches(const Layer& layer);

    void gather(const float* input);      // im2col; taps outside the image are 0
    void scatter(float* input_gradient);  // sums what hits each pixel

    // The patches of a position, batch x taps.
    float* of(int64_t position) { return data_.data() + position * layer_.batch * layer_.taps(); }
    float* data() { return data_.data(); }

  private:
    // use(offset in the patch, offset in the image, floats) for the rows of a window, cut to the image.
    template <class Use>
    void for_rows(int64_t r, int64_t q, Use use) const;

    const Layer layer_;
    std::vector<float> data_;
};
