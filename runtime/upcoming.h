#pragma once

#include <bit>

#include "geometry.h"

namespace lcn {

// What will be brought together next, which kernels with `upcoming` fetch while they compute: lines of many
// images lie in pages of their own, so that no processor foresees them, and waiting for each would take
// longer than the sums of a window of few taps. Strides in elements; a fetch reads nothing, wherever it ends.

// For backward_weights, whose kernels sum over images: pieces of each image.
class UpcomingPieces {
  public:
    struct Piece {
        const float* first;
        int64_t image, rows, row, floats;  // of a row
    };

    // `work`: multiply-adds of each image meanwhile.
    explicit UpcomingPieces(int64_t work_of_image) : work(work_of_image) {}

    void add(const Piece& piece) {
        pieces[count++] = piece;
        lines += piece.rows * lines_of(piece);
    }
    // The calls that follow sum images from this one on.
    void begin(int64_t image) { first_image = image, piece = 0, row = 0, floats = 0; }

    // With more products for each line there is little to fetch: alltnn_0 N=512 (1400 products) 1.13 times as
    // fast, alltnn_4 N=512 (9000) 0.98, where each tile fetched (Zen 5, x86_avx512, 2026-11-29).
    bool worth() const { return piece < count && work < 1500 * lines; }

    // What a call fetches: line `first` + n * image + i * window_row + t * tile for image n, row i, tile t.
    struct Place {
        const float* first;
        int64_t image, window_row, tile;
    };
    Place take(int64_t window_rows, int64_t tiles, int64_t tile_work) {
        const Piece& p = pieces[piece];
        const int64_t tile = std::min<int64_t>(per_tile(tile_work), 16);
        const bool side_by_side = window_rows > 1 && window_rows == p.rows;
        const Place place{p.first + first_image * p.image + row * p.row + floats, p.image,
                          side_by_side ? p.row : tiles * tile, tile};
        floats += (side_by_side ? 1 : window_rows) * tiles * tile;
        if (floats < lines_of(p) * 16) return place;
        floats = 0, row += side_by_side ? p.rows : 1;
        if (row >= p.rows) row = 0, piece++;
        return place;
    }

  private:
    static int64_t lines_of(const Piece& p) { return divide_up(p.floats + 15, 16); }
    int64_t per_tile(int64_t tile_work) const { return divide_up(16 * lines * tile_work, work); }

    const int64_t work;
    Piece pieces[2];
    int64_t count = 0, lines = 0;                             // of all pieces
    int64_t first_image = 0, piece = 0, row = 0, floats = 0;  // the place that is fetched next
};

// For backward_input_band, whose kernels sum over filters: lines of each image, a line of every image before
// the next. The kernels count 256ths of a line.
struct UpcomingLines {
    const float* first = nullptr;
    int64_t image = 0, images = 0, lines = 0;  // of each image
    int64_t work = 1;                          // multiply-adds of all images meanwhile
    int64_t done = 0;

    UpcomingLines() = default;
    UpcomingLines(const float* from, int64_t image_stride, int64_t image_count, int64_t floats,
                  int64_t all_work)
        : first(from),
          image(image_stride),
          images(int64_t(std::bit_ceil(uint64_t(image_count)))),
          lines(divide_up(floats + 15, 16)),
          work(all_work) {}

    // Of a filter, whose products are `step_work`.
    int64_t per_step(int64_t step_work) const { return divide_up(256 * lines * images * step_work, work); }
    // Below a line every six filters a kernel loses more than what it fetches gains.
    bool worth(int64_t step) const { return done < 256 * lines * images && step >= 40; }
};

}  // namespace lcn
