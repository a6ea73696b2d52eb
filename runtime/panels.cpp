#include "panels.h"

#include <cstring>

namespace lcn {

namespace {

// A call for each of many short pieces would take longer than the copy.
inline void copy(const float* from, int64_t elements, float* to) {
    if (elements < 4 || elements > 64) {
        std::memcpy(to, from, size_t(elements) * sizeof(float));
        return;
    }
    for (int64_t e = 0; e + 4 < elements; e += 4) std::memcpy(to + e, from + e, 16);
    std::memcpy(to + elements - 4, from + elements - 4, 16);
}

// Few rows are soon read again: acl_4 N=5 forward 0.95.
constexpr int64_t fewest_fetched_rows = 16;

inline void fetch([[maybe_unused]] const float* from, [[maybe_unused]] int64_t elements) {
#if defined(__GNUC__) || defined(__clang__)
    for (int64_t e = 0; e < elements; e += 16) __builtin_prefetch(from + e);
#endif
}

}  // namespace

void bring_together(const float* from, int64_t from_row, int64_t rows, int64_t positions,
                    const PositionStrides& position, int64_t elements, float* to, int64_t to_row,
                    int64_t lines_ahead) {
    const int64_t row_lines = positions * divide_up(elements, 16);
    const int64_t ahead = rows < fewest_fetched_rows ? rows : divide_up(lines_ahead, row_lines);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t q = 0; q < positions; q++) {
            const float* const piece = from + r * from_row + q * position.from;
            if (r + ahead < rows) fetch(piece + ahead * from_row, elements);
            copy(piece, elements, to + r * to_row + q * position.to);
        }
}

Windows gathered(const Windows& from, const Block& block, int64_t run, int64_t images, float* to,
                 int64_t lines_ahead) {
    const Windows result{to, gathered_image(block.planes * block.rows * run), block.rows * run, run};
    for (int64_t c = 0; c < block.planes; c++)
        bring_together(from.data + c * from.plane, from.image, images, block.rows, {from.row, run}, run,
                       to + c * result.plane, result.image, lines_ahead);
    return result;
}

Block flattened(const Block& block, int64_t filters, int64_t weights_row, int64_t weights_plane) {
    const bool rows_follow = block.rows == 1 || weights_row == block.taps * filters;
    const bool planes_follow = block.planes == 1 || weights_plane == block.rows * block.taps * filters;
    return rows_follow && planes_follow ? Block{1, 1, block.size()} : block;
}

}  // namespace lcn
