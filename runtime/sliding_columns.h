#pragma once

#include "panels.h"
#include "upcoming.h"

namespace lcn {

// What the windows of consecutive positions of a row of the output read, brought together a column of the
// windows at a time. A column stays for as long as windows have it: each is brought near once, not once for
// every kernel column that meets it.
class SlidingColumns {
  public:
    // Two columns are brought at a time, in pieces twice as long. Zen 5, x86_avx512, backward_weights,
    // roofline of one, two, three, four: keras_doc_2 N=128 0.73, 0.77, 0.77, 0.76.
    static constexpr int64_t together = 2;

    // Of each image.
    static int64_t floats(const Geometry& g);

    // For stride_columns below kernel_columns, where windows at several positions follow each other. The
    // memory of the columns, of all images, must outlive this.
    SlidingColumns(const Geometry& geometry, const Windows& windows, const Block& window, int64_t images,
                   int64_t positions, float* memory, int64_t lines_ahead);

    // Brings near what the windows up to this position have and those before had not.
    void slide_to(int64_t position);

    // What slide_to() the next position will bring.
    void add_upcoming(UpcomingPieces& upcoming) const;

    // Kernel column j of the windows at the position that was slid to: window.rows rows of its channels.
    Windows column(int64_t j) const;

  private:
    float* slot(int64_t column) const;

    const Geometry& g;
    const Windows from;
    const int64_t rows, columns, last_column, images, image, ahead;
    float* const memory;
    int64_t first = 0, end = 0;  // columns of the windows that are near
};

}  // namespace lcn
