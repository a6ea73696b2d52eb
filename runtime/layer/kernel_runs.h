// The walks behind for_each_run, one for each kind of layout.
#pragma once

#include "kernel_layout.h"

namespace lcn::layer {

// Collects neighbours of `outside`, so that there is one run between two windows and not one for each entry.
template <typename Float, typename Visit>
class OutsideRuns {
  public:
    OutsideRuns(Float* outside, Visit& visit) : next_(outside), visit_(visit) {}
    void skip(int64_t count) { waiting_ += count; }
    void inside(Float* first, int64_t count) {
        flush();
        visit_(Run<Float>{first, 1, count});
    }
    void flush() {
        if (waiting_ > 0) visit_(Run<Float>{next_, 1, waiting_});
        if (next_) next_ += waiting_;
        waiting_ = 0;
    }

  private:
    Float* next_;
    int64_t waiting_ = 0;
    Visit& visit_;
};

// (H, W, C, OH, OW, F): filters lie side by side in both layouts.
template <typename Float, typename Visit>
void dense_channels_last(const KernelLayout& l, Float* packed, Float* outside, Visit& visit) {
    OutsideRuns<Float, Visit> others(outside, visit);
    for (int64_t y = 0; y < l.rows.input; y++)
        for (int64_t x = 0; x < l.columns.input; x++)
            for (int64_t c = 0; c < l.channels; c++)
                for (int64_t r = 0; r < l.rows.output; r++)
                    for (int64_t q = 0; q < l.columns.output; q++) {
                        const int64_t i = y - l.rows.first_pixel(r), j = x - l.columns.first_pixel(q);
                        if (i < 0 || i >= l.rows.kernel || j < 0 || j >= l.columns.kernel)
                            others.skip(l.filters);
                        else
                            others.inside(packed + l.packed_index(r, q, i, j, c, 0), l.filters);
                    }
    others.flush();
}

// (C, H, W, F, OH, OW)
template <typename Float, typename Visit>
void dense_channels_first(const KernelLayout& l, Float* packed, Float* outside, Visit& visit) {
    OutsideRuns<Float, Visit> others(outside, visit);
    const auto positions = [&](int64_t c, int64_t y, int64_t x, int64_t f) {
        for (int64_t r = 0; r < l.rows.output; r++) {
            const int64_t i = y - l.rows.first_pixel(r);
            if (i < 0 || i >= l.rows.kernel) {
                others.skip(l.columns.output);
                continue;
            }
            for (int64_t q = 0; q < l.columns.output; q++) {
                const int64_t j = x - l.columns.first_pixel(q);
                if (j < 0 || j >= l.columns.kernel)
                    others.skip(1);
                else
                    others.inside(packed + l.packed_index(r, q, i, j, c, f), 1);
            }
        }
    };
    for (int64_t c = 0; c < l.channels; c++)
        for (int64_t y = 0; y < l.rows.input; y++)
            for (int64_t x = 0; x < l.columns.input; x++)
                for (int64_t f = 0; f < l.filters; f++) positions(c, y, x, f);
    others.flush();
}

// Order (r, q, f, i, j, c), without the taps outside the image.
template <typename Float, typename Visit>
void sparse_channels_last(const KernelLayout& l, Float* packed, Visit& visit) {
    for (int64_t r = 0; r < l.rows.output; r++)
        for (int64_t q = 0; q < l.columns.output; q++)
            for (int64_t f = 0; f < l.filters; f++)
                for (int64_t i = l.rows.first_tap(r); i < l.rows.end_tap(r); i++) {
                    const int64_t j = l.columns.first_tap(q);
                    visit(Run<Float>{packed + l.packed_index(r, q, i, j, 0, f), l.filters,
                                     (l.columns.end_tap(q) - j) * l.channels});
                }
}

// Order (f, r, q, c, i, j), without the taps outside the image.
template <typename Float, typename Visit>
void sparse_channels_first(const KernelLayout& l, Float* packed, Visit& visit) {
    const auto window = [&](int64_t f, int64_t r, int64_t q) {
        for (int64_t c = 0; c < l.channels; c++)
            for (int64_t i = l.rows.first_tap(r); i < l.rows.end_tap(r); i++) {
                const int64_t j = l.columns.first_tap(q);
                visit(Run<Float>{packed + l.packed_index(r, q, i, j, c, f), l.filters,
                                 l.columns.end_tap(q) - j});
            }
    };
    for (int64_t f = 0; f < l.filters; f++)
        for (int64_t r = 0; r < l.rows.output; r++)
            for (int64_t q = 0; q < l.columns.output; q++) window(f, r, q);
}

template <typename Float, typename Visit>
void for_each_run(const KernelLayout& layout, Float* packed, Float* outside, Visit visit) {
    if (layout.implementation == 1)
        visit(Run<Float>{packed, 1, layout.packed_count()});
    else if (layout.implementation == 2)
        layout.channels_first ? dense_channels_first(layout, packed, outside, visit)
                              : dense_channels_last(layout, packed, outside, visit);
    else
        layout.channels_first ? sparse_channels_first(layout, packed, visit)
                              : sparse_channels_last(layout, packed, visit);
}

}  // namespace lcn::layer
