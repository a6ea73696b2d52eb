#pragma once

#include "forward_blocks.h"

namespace lcn {

// `forward` through the windows of an output row's positions: all of a stretch in one call, or cut into
// blocks.
class ForwardWindows {
  public:
    // `images` at a time, or fewer; `filters` of a stretch, at most.
    ForwardWindows(const Geometry& g, const Kernels& kernels, int64_t images, int64_t filters);

    int64_t images() const { return images_; }
    int64_t floats() const { return together_ > 0 ? together_floats_ : blocks.floats(); }

    // Of whole windows.
    const Kernel* main_kernel() const { return dot_ ? dot_ : blocks.main_kernel(images_); }

    // In a workspace of floats().
    void run(ForwardStretch s, float* workspace, Choices& choices) const;

  private:
    void bring_positions_together();
    void run_whole(const ForwardStretch& s, float* workspace, Choices& choices) const;
    const Kernel* choose_dot(int64_t images, const Block& window) const;
    bool run_dot(const ForwardStretch& s) const;

    const Geometry& g;
    const Kernels& kernels;
    const ForwardBlocks blocks;
    int64_t images_;
    int64_t together_ = 0;         // positions whose input is brought together; 0: none is
    int64_t together_floats_ = 0;  // of it
    const Kernel* dot_ = nullptr;  // for whole windows of images(): to choose takes as long as a short row
};

}  // namespace lcn
