#pragma once

#include "choices.h"
#include "forward_call.h"

namespace lcn {

// Positions of one output row with windows of the same size, for some images and filters.
struct ForwardStretch {
    const float *input, *weights;  // where the first window begins
    RowPiece initial, before;      // what its sums begin with, and where they go
    Block window;
    int64_t images, positions, filters;
};

// `forward` position by position: group of filters by group, block of taps by block, tile of filters by tile.
class ForwardBlocks {
  public:
    // `images` at a time, or fewer; `filters` of a stretch, at most.
    ForwardBlocks(const Geometry& g, const Kernels& kernels, int64_t images, int64_t filters);

    int64_t images() const { return images_; }
    bool uncut() const { return uncut_; }  // one block and one call: a kernel goes through windows itself
    int64_t floats() const { return partial_floats_ + input_floats_ + weights_floats_; }

    const Kernel* choose(int64_t images, int64_t filters, const Block& block) const;
    const Kernel* choose(int64_t images, int64_t filters, const Block& block, Choices& choices) const;
    // Of whole windows.
    const Kernel* main_kernel(int64_t images) const;

    // In a workspace of floats().
    void run(const ForwardStretch& s, float* workspace, Choices& choices) const;

  private:
    struct Part;
    struct Pieces;
    Pieces pieces_of(int64_t count, int64_t filters, const Block& block, Choices& choices) const;
    void run_block(const Part& p, const Pieces& pieces, float* workspace) const;
    int64_t offset(const Block& at) const;

    const Geometry& g;
    const Kernels& kernels;
    const int64_t filters_;
    const ForwardCut cut;
    bool uncut_;
    int64_t images_, partial_floats_ = 0, input_floats_ = 0, weights_floats_ = 0;
};

}  // namespace lcn
