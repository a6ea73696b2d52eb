// What WindowGradients brings together: gradients of the output, windows.
#include "window_gradients.h"

namespace lcn {

namespace {

// What many images have of a few columns lies in short pieces. Zen 5, times as fast as with 32, x86_avx512,
// x86_avx2: keras_doc_1 N=128 1.17, 1.12; emg_capgmyo 1.07, 1.07; alltnn_0 N=512 1.03, 1.03; none slower.
// Not for forward, whose pieces are longer: lcresnet18_l1 N=256 0.9.
constexpr int64_t lines_ahead = 128;

}  // namespace

// A few positions, some images and some filters at a time.
void WindowGradients::run_together(const GradientStretch& all, const GradientStretch& next, bool accumulate,
                                   const Parts& parts) const {
    for (int64_t n = 0; n < all.images; n += images)
        for (int64_t f = 0; f < all.filters; f += group_filters) {
            GradientStretch w = of_images(all, n, images);
            w.filters = std::min(group_filters, all.filters - f);
            w.gradient.data += f;
            w.result += f;
            UpcomingPieces upcoming(w.all.size() * w.positions * w.filters);
            add_upcoming(
                n + images < all.images ? of_images(all, n + images, images) : of_images(next, 0, images),
                upcoming);
            Parts with_upcoming = parts;
            with_upcoming.upcoming = &upcoming;
            run_group(w, accumulate || n > 0, with_upcoming);
        }
}

void WindowGradients::add_upcoming(const GradientStretch& next, UpcomingPieces& upcoming) const {
    if (next.positions == 0 || next.filters > group_filters || cut.turned) return;
    upcoming.add({next.gradient.data, next.gradient.image, 1, 0, next.positions * next.filters});
    if (cut.gathers_input && cut.sliding == 0)
        upcoming.add({next.windows.data, next.windows.image, next.all.rows, next.windows.row,
                      g.run_of(next.positions, next.all.taps)});
}

// A panel for every position and every piece of the filters.
void WindowGradients::bring_gradient(const GradientStretch& all, const Parts& parts) const {
    const int64_t panel = all.images * all.filters;
    for (int64_t f = 0; f < all.filters; f += cut.filters) {
        const int64_t filters = std::min(cut.filters, all.filters - f);
        bring_together(all.gradient.data + f, all.gradient.image, all.images, all.positions,
                       {all.gradient.column, panel}, filters, parts.panel + f * all.images, filters,
                       lines_ahead);
    }
}

void WindowGradients::run_sliding(const GradientStretch& all, bool accumulate, const Parts& parts) const {
    SlidingColumns columns(g, all.windows, all.all, all.images, all.positions, parts.input, lines_ahead);
    GradientStretch w = all;
    Parts with_upcoming = parts;
    for (int64_t q = 0; q < all.positions; q++) {
        if (q % cut.positions == 0) bring_gradient(of_positions(all, q), parts);
        columns.slide_to(q);
        UpcomingPieces upcoming(all.all.size() * all.filters);
        columns.add_upcoming(upcoming);
        if ((q + 1) % cut.positions == 0) add_upcoming(of_positions(all, q + 1), upcoming);
        with_upcoming.upcoming = &upcoming;
        w.result = all.result + q * g.panel;
        w.gradient.data = parts.panel + q % cut.positions * all.images * all.filters;
        run_columns(w, columns, accumulate, with_upcoming);
    }
}

// One position: its groups of images, while the gradients of its weights are near.
void WindowGradients::run_columns(const GradientStretch& all, const SlidingColumns& columns, bool accumulate,
                                  const Parts& parts) const {
    const int64_t channels = g.column_elements;
    GradientStretch w = all;
    w.positions = 1;
    w.all = {1, all.all.rows, channels};
    for (int64_t n = 0; n < all.images; n += images) {
        parts.upcoming->begin(n);
        for (int64_t j = 0; j * channels < all.all.taps; j++) {
            w.windows = columns.column(j);
            w.windows.data += n * w.windows.image;
            w.images = std::min(images, all.images - n);
            w.result = all.result + j * channels * g.problem.filters;
            run_pieces(w, n, all.images, accumulate || n > 0, parts);
        }
    }
}

void WindowGradients::run_group(const GradientStretch& all, bool accumulate, const Parts& parts) const {
    bring_gradient(all, parts);
    GradientStretch w = all;
    w.positions = 1;
    w.gradient = {parts.panel, 0, all.images * all.filters};
    if (cut.band > 0)
        w.windows = gathered(w.windows, w.all, g.run_of(all.positions, w.all.taps), w.images, parts.input,
                             lines_ahead);
    for (int64_t q = 0; q < all.positions; q++) {
        run_position(w, accumulate, parts);
        advance(w, 1);
    }
}

void WindowGradients::run_position(const GradientStretch& w, bool accumulate, const Parts& parts) const {
    for_each_block(
        w.all, block_of(g, w.all, cut.taps), [&](int64_t c, int64_t i, int64_t l, const Block& now) {
            GradientStretch block = w;
            block.all = now;
            block.windows.data += c * w.windows.plane + i * w.windows.row + l;
            block.result += c * g.weights_plane + i * g.weights_row + l * g.problem.filters;
            if (cut.gathers_input && cut.band == 0) {
                block.windows = gathered(block.windows, now, now.taps, w.images, parts.input, lines_ahead);
                block.all = flattened(now, g.problem.filters, g.weights_row, g.weights_plane);
            }
            run_pieces(block, 0, w.images, accumulate, parts);
        });
}

// Images from `first` on of the `all` that the panels have, a piece of the filters at a time.
void WindowGradients::run_pieces(const GradientStretch& w, int64_t first, int64_t all, bool accumulate,
                                 const Parts& parts) const {
    for (int64_t f = 0; f < w.filters; f += cut.filters) {
        GradientStretch piece = w;
        piece.filters = std::min(cut.filters, w.filters - f);
        piece.gradient = {w.gradient.data + f * all + first * piece.filters, piece.filters, 0};
        piece.result += f;
        run_window(piece, accumulate, parts);
    }
}

}  // namespace lcn
