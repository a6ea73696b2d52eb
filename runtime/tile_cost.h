#pragma once

#include <algorithm>

#include "geometry.h"
#include "kernel.h"

namespace lcn {

// What the choices of plan_forward.cpp and plan_backward.cpp, and the classes of tuned_entries.cpp, share.

// Windows whose sums take no longer than what surrounds them.
constexpr int64_t few_taps = 64;

// Bytes of a position's weights that forward takes in one piece, and that it does for 32 to 127 images.
constexpr int64_t uncut_bytes = 64 * 1024, most_uncut_bytes = 144 * 1024;

// What a register tile costs per step of the reduction, in vector multiply-adds: those or its loads,
// whichever is more, and a share of the loads that does not overlap. `far` is the extra price of a vector
// that comes from beyond the nearest cache.
inline double tile_cost(const Kernel& k, int64_t row_tiles, int64_t column_tiles, double far) {
    // More than one column of tiles cuts what is read or written in one stream.
    const double stream_penalty = column_tiles == 1 ? 1.0 : 1.15;
    const double loads = k.rows + k.vectors;
    // Two units with a latency of four steps want eight sums. deepface_L6 backward_weights N=32, 3x2 and 6x2:
    // 0.68, 0.75 (Zen 3).
    const double products = std::max<double>(k.rows * k.vectors, 8);
    const double step = std::max(products, loads) + 0.25 * loads + far * k.vectors;
    return double(row_tiles * column_tiles) * step * stream_penalty;
}

// One line too many is fetched twice; more, or too few, is worse than none. Not on x86_avx512, where few of
// several gain a part of what all would: keras_doc_1 N=32 4x4, two of six, 1.56, N=8 2x4, four of six, 1.46;
// 30x14x64, 7x7, 64 filters, N=12, 4x4, none 7.9 ms, two of four 8.0, four of five 5.7, all 5.1 (Zen 5,
// 2026-11-29).
inline double prefetch_penalty(const Kernel& k, int wanted) {
    if (k.prefetch == wanted) return 1.0;
    if (k.prefetch == wanted + 1) return 1.01;
    if (k.lanes == 16 && k.prefetch < wanted)
        return k.prefetch == 0 ? 1.3 : 1.02 + 0.25 * (wanted - k.prefetch) / wanted;
    return k.prefetch == 0 ? 1.05 : 100.0;
}

inline bool holds_filters(const Kernel& k, int64_t filters) {
    return k.span ? filters >= k.lanes && filters > k.width() - k.lanes && filters <= k.width()
                  : filters >= k.width();
}

// Filters whose weights for one tap fill most of a page. Zen 3, one image, 8 taps at a time and all: alltnn_5
// forward 0.75 and 1.05 of the memory's speed; four images of acl_4 0.25 and 0.55.
inline bool rows_fill_pages(const Geometry& g) {
    return g.problem.filters >= 1000;
}

}  // namespace lcn
