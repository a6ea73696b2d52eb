#pragma once

#include "geometry.h"
#include "kernel_table.h"

namespace lcn {

// How a pass is cut into work, and which kernel does a piece of it. All rules are here; the numbers they use
// come with each kernel (its tile) or are explained where they stand.

// Floats that fit a thread's share of the workspace for one purpose. The parts of any pass stay below 2 MB
// together.
constexpr int64_t buffer_floats = 128 * 1024;  // 512 KB

// Of the input that is brought together for some positions: it stays in the second-level cache.
constexpr int64_t together_floats = 48 * 1024;

// Whether a gradient of so many elements is streamed past the caches. A streaming kernel that is wanted
// streams any.
bool leaves_caches(const Kernels& kernels, int64_t elements);

// Filters whose gradients backward_weights brings together at a time, at most so many.
constexpr int64_t group_filters = 512;

// Filters handled in one call: bounds the workspaces whose size depends on filters.
constexpr int64_t max_filters = 4096;

// Threads for a pass: of those that calls may use, as many as have enough to do.
int useful_threads(const Geometry& g);

// And what they cut it into, at least.
int64_t useful_pieces(const Geometry& g);

// Images, and positions of a row, that one call of a kernel may cover with its 32-bit index arithmetic: each
// of the five dimensions of a call gets its share of max_call_elements.
int64_t images_per_call(const Geometry& g);
int64_t positions_per_call(const Geometry& g);

// Work of a pass over output positions: units of (row, piece of its columns, piece of its filters).
struct Units {
    int64_t columns, filters;              // of one unit, at most
    int64_t column_pieces, filter_pieces;  // per row
    int64_t count;

    struct Unit {
        int64_t row, first_column, end_column, first_filter, end_filter;
    };
    Unit unit(const Geometry& g, int64_t index) const;
    int64_t filter_begin(const Geometry& g, int64_t piece) const;
};
Units position_units(const Geometry& g, int64_t wanted, int64_t max_columns);  // wanted: how many, at least

// A part of a window. A pass may cut windows into blocks; they are visited planes first, then rows, then
// taps, which is the order inside a kernel, so the bits of a sum do not depend on the cut.
struct Block {
    int64_t planes, rows, taps;
    int64_t size() const { return planes * rows * taps; }
};
inline Block whole_window(const Geometry& g) {
    return {g.planes, g.problem.kernel_rows, g.taps};
}

// Images a multiple of 4096 bytes apart: what tiles read of them falls into the same sets of the caches.
bool images_collide(const Geometry& g);

// Whether windows hardly overlap, so that no input stays for the next.
bool finds_nothing_that_stayed(const Geometry& g);

// How forward goes through one position: the taps of a block, and what is brought together first (panels.h).
struct ForwardCut {
    int64_t taps;
    int64_t filters;       // gone through at a time, at least; the last go with those before
    int64_t images;        // gone through at a time, at most
    bool by_tile;          // every tile of filters is a call of its own, so that the last may be a narrow one
    bool gathers_input;    // the windows of all images, a block at a time
    bool gathers_weights;  // the weights of a block, a tile of filters at a time
};
ForwardCut cut_forward(const Geometry& g, const Kernels& kernels, int64_t images, int64_t filters,
                       const Block& window);

// How backward_weights goes through one position. `images` shows in the bits of the sum: it depends on the
// shape alone.
struct BackwardWeightsCut {
    int64_t images;      // summed before they are added to those before
    int64_t filters;     // whose gradients lie together
    int64_t taps;        // of a block
    bool together;       // the gradients of all images are brought together first (panels.h)
    bool gathers_input;  // and the windows, a block at a time
    int64_t positions;   // that are brought together at once, so that images are read in longer pieces
    int64_t band;        // so many of them with all that their windows read, which overlap; 0: a window each
    int64_t sliding;     // so many images keep the columns of their windows (sliding_columns.h); 0: none
    bool turned;         // taps run along vectors, filters do not fill one
};
BackwardWeightsCut cut_backward_weights(const Geometry& g, const Kernels& kernels);

// The largest block of `window` with at most that many taps that 32-bit index arithmetic allows.
Block block_of(const Geometry& g, const Block& window, int64_t taps);

// How the weights that are needed next lie, for a kernel that fetches them: in one piece, or in a piece of
// each tap; or they were brought near already.
enum class NextWeights { in_one_piece, by_tap, near };

const Kernel* choose_forward(const Kernels& kernels, int64_t images, int64_t filters, const Block& block,
                             NextWeights next = NextWeights::in_one_piece);
// For one filter or two; null where a window row has fewer taps than any vector.
const Kernel* choose_forward_dot(const Kernels& kernels, int64_t images, int64_t filters,
                                 const Block& window);
// For many images of few filters; null where no tile fits. The best is the one that takes least for an image,
// where there are as many as it holds.
const Kernel* best_forward_band(const Kernels& kernels, int64_t filters);
const Kernel* choose_forward_band(const Kernels& kernels, int64_t padded_images, int64_t filters);
const Kernel* choose_backward_weights(const Kernels& kernels, int64_t images, int64_t filters, int64_t taps,
                                      bool accumulate, bool streaming);
// For one filter or two; null where a window row has fewer taps than any vector.
const Kernel* choose_backward_weights_taps(const Kernels& kernels, int64_t images, int64_t filters,
                                           int64_t taps, bool accumulate);
const Kernel* choose_backward_input_dot(const Kernels& kernels, int64_t images, int64_t filters, int64_t taps,
                                        int64_t tap_stride);
// For one filter or two; null where a window row has fewer taps than any vector, or backward_input_dot is
// faster.
const Kernel* choose_backward_input_taps(const Kernels& kernels, int64_t images, int64_t filters,
                                         int64_t taps);
const Kernel* choose_backward_input_band(const Kernels& kernels, int64_t padded_images, int64_t filters,
                                         const Block& block);
const Kernel* choose_transpose(const Kernels& kernels, int64_t rows, int64_t columns);
// For results on whole vectors; null where no block fits.
const Kernel* choose_transpose_streaming(const Kernels& kernels, int64_t rows, int64_t columns);
const Kernel* choose_activation(const Kernels& kernels, KernelOperation operation, Function function);

// The prefetch of the next weight panel while a kernel works through this one, in steps of its reduction
// loop.
struct PanelPrefetch {
    int64_t increment;  // elements per step
    int lines;          // 64-byte lines per step that fetch every line once
};
PanelPrefetch panel_prefetch(int64_t weights, int64_t steps);

// The same for backward_input_dot, per tile of taps of an image: the images fetch a row of weights together.
// One image is one stream, which needs none where tiles read it in order; nor do short rows, and filters that
// are not held gain nothing.
PanelPrefetch dot_prefetch(const Kernel& k, int64_t images, int64_t filters, int64_t taps);

}  // namespace lcn
