#pragma once

#include "choices.h"
#include "forward_call.h"

namespace lcn {

// Windows of the same size at consecutive positions: their sums go from `initial` on into `before`, which is
// what the activation takes.
struct SumStretch {
    const float *input, *weights;
    RowPiece initial, before;
    Block all;
    int64_t images, positions, filters;
};

// How forward sums windows: some images, positions, taps and filters at a time.
class WindowSums {
  public:
    // The parts of one thread's workspace, and what it has chosen.
    struct Parts {
        float *partial, *input, *weights;
        Choices* choices;
    };

    // A stretch has at most so many images, of which images() are best, and filters.
    WindowSums(const Geometry& geometry, const Kernels& available, int64_t images, int64_t filters);

    int64_t images() const { return images_; }
    int64_t floats() const { return partial_floats_ + input_floats_ + weights_floats_; }
    Parts parts(float* workspace, Choices& choices) const;

    // Of whole windows.
    const Kernel* main_kernel() const;

    void run(SumStretch stretch, const Parts& parts) const;

  private:
    // A kernel and the filters that one call of it computes.
    struct Piece {
        const Kernel* kernel;
        int64_t filters;
    };
    struct Pieces {
        Piece piece, last;
    };

    void bring_positions_together();
    Block window() const { return {g.planes, g.problem.kernel_rows, g.taps}; }
    int64_t offset(const Block& at) const;

    const Kernel* choose(int64_t count, int64_t filters, const Block& b, const Parts& parts) const;
    const Kernel* choose_dot(int64_t count, const Block& b) const;
    NextWeights next_weights() const;
    Pieces pieces_of(int64_t count, int64_t filters, const Block& block, const Parts& parts) const;

    void run_whole(const SumStretch& s, const Parts& parts) const;
    bool run_dot(const SumStretch& s) const;
    void run_positions(const SumStretch& s, const Parts& parts) const;
    void run_block(const SumStretch& s, const Block& at, const Block& now, const Pieces& pieces,
                   const float* next, const Parts& parts) const;

    const Geometry& g;
    const Kernels& kernels;
    const int64_t most_filters;
    int64_t images_;
    ForwardCut cut;
    bool whole;                   // every window in one call
    int64_t together = 0;         // positions whose input is brought together; 0: none is
    const Kernel* dot = nullptr;  // for whole windows of images(): to choose takes as long as a short row
    int64_t partial_floats_ = 0, input_floats_ = 0, weights_floats_ = 0;
};

}  // namespace lcn
