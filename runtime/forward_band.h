#pragma once

#include "call.h"

namespace lcn {

// Few filters and many images: a band of rows of the input is kept with the batch innermost, so that images
// run along vectors. Rows are transposed once, when the first window reaches them; when the band is full its
// last rows move to its beginning. It is [plane][row][column][channel][image]. The bits are those of
// `forward`.
class ForwardBand {
  public:
    ForwardBand(const Geometry& g, const Kernels& kernels);

    bool fits() const { return images_ > 0; }
    int64_t images() const { return images_; }  // of one band
    int64_t floats() const { return band_floats_ + result_floats_; }

    // The band of `count` images from `input` on, in a workspace of floats(), while output rows pass in
    // order.
    struct Band {
        const float* input;
        int64_t count;
        float* workspace;
        int64_t first, end;  // rows in the band
    };
    Band open(const float* input, int64_t count, float* workspace) const;

    // Row r of the output before its activation. Results are `image` elements apart, positions follow each
    // other; initial values are `column` elements apart.
    void run(Band& band, int64_t r, const float* weights, const float* initial, int64_t column, float* before,
             int64_t image) const;

  private:
    bool pays(int lanes) const;
    void load(Band& band, int64_t first, int64_t end) const;

    const Geometry& g;
    const Kernels kernels;
    int64_t images_ = 0, rows_ = 0, positions_ = 0, band_floats_ = 0, result_floats_ = 0;
};

}  // namespace lcn
