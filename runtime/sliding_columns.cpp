#include "sliding_columns.h"

namespace lcn {

namespace {

// The columns of a window and those that are brought ahead of it; pieces never wrap.
int64_t slots(const Geometry& g) {
    return round_up(g.problem.kernel_columns + SlidingColumns::together - 1, SlidingColumns::together);
}

}  // namespace

int64_t SlidingColumns::floats(const Geometry& g) {
    return slots(g) * gathered_image(g.problem.kernel_rows * g.column_elements);
}

SlidingColumns::SlidingColumns(const Geometry& geometry, const Windows& windows, const Block& window,
                               int64_t images_near, int64_t positions, float* place, int64_t lines_ahead)
    : g(geometry),
      from(windows),
      rows(window.rows),
      columns(window.taps / geometry.column_elements),
      last_column((positions - 1) * geometry.column_step() + columns),
      images(images_near),
      image(gathered_image(window.rows * geometry.column_elements)),
      ahead(lines_ahead),
      memory(place) {}

float* SlidingColumns::slot(int64_t column) const {
    return memory + column % slots(g) * images * image;
}

void SlidingColumns::slide_to(int64_t position) {
    const int64_t channels = g.column_elements;
    first = position * g.column_step();
    for (; end < first + columns; end += together)
        for (int64_t i = 0; i < rows; i++)
            bring_together(from.data + i * from.row + end * channels, from.image, images,
                           std::min(together, last_column - end), {channels, images * image}, channels,
                           slot(end) + i * channels, image, ahead);
}

void SlidingColumns::add_upcoming(UpcomingPieces& upcoming) const {
    const int64_t wanted = std::min(first + g.column_step() + columns, last_column);
    const int64_t brought = std::min(round_up(wanted - end, together), last_column - end);
    if (brought > 0)
        upcoming.add(
            {from.data + end * g.column_elements, from.image, rows, from.row, brought * g.column_elements});
}

Windows SlidingColumns::column(int64_t j) const {
    return {slot(first + j), image, 0, g.column_elements};
}

}  // namespace lcn
