#include "panels.h"

#include <cstring>

namespace lcn {

void bring_together(const float* from, int64_t from_row, int64_t rows, int64_t elements, float* to,
                    int64_t to_row) {
    if (elements > 64) {
        for (int64_t r = 0; r < rows; r++)
            std::memcpy(to + r * to_row, from + r * from_row, size_t(elements) * sizeof(float));
        return;
    }
    // A call for each of many short rows would take longer than the copy.
    for (int64_t r = 0; r < rows; r++) {
        float* const t = to + r * to_row;
        const float* const f = from + r * from_row;
        int64_t e = 0;
        for (; e + 4 <= elements; e += 4) std::memcpy(t + e, f + e, 16);
        for (; e < elements; e++) t[e] = f[e];
    }
}

Windows gathered(const Windows& from, const Block& block, int64_t images, float* to) {
    const Windows result{to, gathered_image(block.size()), block.rows * block.taps, block.taps};
    for (int64_t n = 0; n < images; n++)
        for (int64_t c = 0; c < block.planes; c++)
            bring_together(from.data + n * from.image + c * from.plane, from.row, block.rows, block.taps,
                           to + n * result.image + c * result.plane, result.row);
    return result;
}

Block flattened(const Block& block, int64_t filters, int64_t weights_row, int64_t weights_plane) {
    const bool rows_follow = block.rows == 1 || weights_row == block.taps * filters;
    const bool planes_follow = block.planes == 1 || weights_plane == block.rows * block.taps * filters;
    return rows_follow && planes_follow ? Block{1, 1, block.size()} : block;
}

}  // namespace lcn
