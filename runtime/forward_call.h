#pragma once

#include "panels.h"

namespace lcn {

// One call of a kernel of `forward`. Strides in elements.

// Values of an output row piece, filters contiguous: before the activation, or initial values.
struct RowPiece {
    float* data;
    int64_t image, column;
};
inline RowPiece part(const RowPiece& row, int64_t position, int64_t filter) {
    return {row.data + position * row.column + filter, row.image, row.column};
}

struct Extents {
    int64_t images, filters;
};

// What lies there may be more than the call computes.
struct Values {
    const RowPiece& row;
    const Extents& extents;
};

struct Weights {
    const float* data;
    int64_t plane, row, tap;
};

// Those of a block, brought together into `to`.
Weights gathered(const Weights& from, const Block& block, int64_t filters, float* to);

// What the call fetches while it works: the terms of schedules/prefetch.h.
struct Fetch {
    int64_t start, position, filter_tile, row_tile, plane, row, step;

    // As many weights as the call uses itself, `start` from its own; all its steps share them.
    static Fetch in_one_piece(const Geometry& g, const Kernel& k, const Block& b, const Extents& own,
                              int64_t start);
    // A tile of images fetches a tap of every step: the next one a tap that is one further.
    static Fetch by_tap(const Kernel& k, const Weights& w, int64_t start) {
        return {start, 0, 0, w.tap, w.plane, w.row, k.unroll * w.tap};
    }
};

// `own` are the images and filters that are computed, for consecutive positions.
void run_forward(const Geometry& g, const Kernel& k, const Block& b, int64_t positions, const Extents& own,
                 const Windows& windows, const Weights& weights, const Fetch& fetch, const Values& initial,
                 const Values& result);

}  // namespace lcn
