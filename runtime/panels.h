#pragma once

#include "plan.h"

namespace lcn {

// Copies that bring together what many tiles read, so that they find it in the nearest cache whatever the
// strides of the tensors are.

// Rows lie in pages of their own, so that no processor foresees the next one: so many lines are fetched
// ahead. Zen 3, x86_avx2, backward_weights, one thread, times as fast with 8, 16, 32, 64: lcresnet20_s1
// N=512 1.13, 1.20, 1.19, 1.18; keras_doc_1 N=128 0.98, 1.00, 1.04, 1.03.
constexpr int64_t usual_lines_ahead = 32;

// to[q][r][e] = from[r][q][e], of consecutive positions q. A row is read in one piece.
struct PositionStrides {
    int64_t from, to;
};
void bring_together(const float* from, int64_t from_row, int64_t rows, int64_t positions,
                    const PositionStrides& position, int64_t elements, float* to, int64_t to_row,
                    int64_t lines_ahead = usual_lines_ahead);

// Windows of many images, contiguous along the taps. Strides in elements.
struct Windows {
    const float* data;
    int64_t image, plane, row;
};

// Elements from one image's window of so many taps to the next, brought together: an odd number of lines, so
// that the images share no set of a cache.
inline int64_t gathered_image(int64_t taps) {
    return (divide_up(taps, 16) | 1) * 16;
}

// A block of the windows, brought together into `to`: rows of `run` elements, of which the first are the
// window's taps and all are what the windows of the positions that follow read.
Windows gathered(const Windows& from, const Block& block, int64_t run, int64_t images, float* to,
                 int64_t lines_ahead = usual_lines_ahead);

// The block as one row of taps, where its rows and planes follow each other in the weights.
Block flattened(const Block& block, int64_t filters, int64_t weights_row, int64_t weights_plane);

// Calls body(planes, rows, taps, part) for the parts of `all` that `block` cuts it into, in the order of a
// kernel; the first three say where the part begins.
template <typename Body>
void for_each_block(const Block& all, const Block& block, Body&& body) {
    for (int64_t c = 0; c < all.planes; c += block.planes)
        for (int64_t i = 0; i < all.rows; i += block.rows)
            for (int64_t l = 0; l < all.taps; l += block.taps)
                body(c, i, l,
                     Block{std::min(block.planes, all.planes - c), std::min(block.rows, all.rows - i),
                           std::min(block.taps, all.taps - l)});
}

// Where the block after the one at `at` begins; false after the last.
inline bool next_block(const Block& all, const Block& block, Block& at) {
    if ((at.taps += block.taps) < all.taps) return true;
    at.taps = 0;
    if ((at.rows += block.rows) < all.rows) return true;
    at.rows = 0;
    return (at.planes += block.planes) < all.planes;
}

}  // namespace lcn
