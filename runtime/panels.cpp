#include "panels.h"

#include <cstring>

namespace lcn {

namespace {

// A call for each of many short pieces would take longer than the copy.
inline void copy(const float* from, int64_t elements, float* to) {
    if (elements > 64) {
        std::memcpy(to, from, size_t(elements) * sizeof(float));
        return;
    }
    int64_t e = 0;
    for (; e + 4 <= elements; e += 4) std::memcpy(to + e, from + e, 16);
    for (; e < elements; e++) to[e] = from[e];
}

}  // namespace

void bring_together(const float* from, int64_t from_row, int64_t rows, int64_t elements, float* to,
                    int64_t to_row) {
    for (int64_t r = 0; r < rows; r++) copy(from + r * from_row, elements, to + r * to_row);
}

void bring_together(const float* from, int64_t from_row, int64_t rows, int64_t positions,
                    const PositionStrides& position, int64_t elements, float* to, int64_t to_row) {
    for (int64_t r = 0; r < rows; r++)
        for (int64_t q = 0; q < positions; q++)
            copy(from + r * from_row + q * position.from, elements, to + r * to_row + q * position.to);
}

Windows gathered(const Windows& from, const Block& block, int64_t images, float* to) {
    const Windows result{to, gathered_image(block.size()), block.rows * block.taps, block.taps};
    for (int64_t n = 0; n < images; n++)
        for (int64_t c = 0; c < block.planes; c++)
            bring_together(from.data + n * from.image + c * from.plane, from.row, block.rows, block.taps,
                           to + n * result.image + c * result.plane, result.row);
    return result;
}

Windows band(const Windows& from, const Block& window, int64_t run, int64_t images, float* to) {
    const Windows result{to, gathered_image(window.planes * window.rows * run), window.rows * run, run};
    for (int64_t n = 0; n < images; n++)
        for (int64_t c = 0; c < window.planes; c++)
            bring_together(from.data + n * from.image + c * from.plane, from.row, window.rows, run,
                           to + n * result.image + c * result.plane, result.row);
    return result;
}

Block flattened(const Block& block, int64_t filters, int64_t weights_row, int64_t weights_plane) {
    const bool rows_follow = block.rows == 1 || weights_row == block.taps * filters;
    const bool planes_follow = block.planes == 1 || weights_plane == block.rows * block.taps * filters;
    return rows_follow && planes_follow ? Block{1, 1, block.size()} : block;
}

}  // namespace lcn
