#pragma once

#include "geometry.h"
#include "kernel_table.h"

namespace lcn {

// How a pass is cut into work, and which kernel does a piece of it. All rules are here; the numbers they use
// come with each kernel (its tile) or are explained where they stand.

// Floats that fit a thread's share of the workspace for one purpose. The parts of any pass stay below 2 MB
// together.
constexpr int64_t buffer_floats = 128 * 1024;  // 512 KB

// Filters handled in one call: bounds the workspaces whose size depends on filters.
constexpr int64_t max_filters = 4096;

inline int64_t round_up(int64_t x, int64_t multiple) {
    return (x + multiple - 1) / multiple * multiple;
}
inline int64_t divide_up(int64_t x, int64_t y) {
    return (x + y - 1) / y;
}

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
Units position_units(const Geometry& g, int threads, int64_t max_columns);

// A part of a window. A pass may cut windows into blocks; they are visited planes first, then rows, then
// taps, which is the order inside a kernel, so the bits of a sum do not depend on the cut.
struct Block {
    int64_t planes, rows, taps;
    int64_t size() const { return planes * rows * taps; }
};

// Taps of one block that keep a tile's weights in the nearest cache while `images` pass; the whole window if
// it does.
int64_t taps_per_block(const Kernel& kernel, int64_t images, int64_t filters, int64_t window);

// The largest block of `window` with at most that many taps that 32-bit index arithmetic allows.
Block block_of(const Geometry& g, const Block& window, int64_t taps);

const Kernel* choose_forward(const Kernels& kernels, int64_t images, int64_t filters, const Block& block);
const Kernel* choose_backward_weights(const Kernels& kernels, int64_t images, int64_t filters, int64_t taps,
                                      bool accumulate, bool streaming);
const Kernel* choose_backward_input_dot(const Kernels& kernels, int64_t filters);
const Kernel* choose_backward_input_band(const Kernels& kernels, int64_t padded_images, int64_t filters,
                                         const Block& block);
const Kernel* choose_transpose(const Kernels& kernels, int64_t rows, int64_t columns);
const Kernel* choose_activation(const Kernels& kernels, KernelOperation operation, Function function);

// The prefetch of the next weight panel while a kernel works through this one, in steps of its reduction
// loop.
struct PanelPrefetch {
    int64_t increment;  // elements per step
    int lines;          // 64-byte lines per step that fetch every line once
};
PanelPrefetch panel_prefetch(int64_t weights, int64_t steps);

}  // namespace lcn
