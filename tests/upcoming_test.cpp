// What kernels are told to fetch while they compute: nothing that a fetch does shows in a result, so the
// places themselves are checked.
#include "upcoming.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace lcn_test {

namespace {

using lcn::UpcomingPieces;

constexpr int64_t image = 10'000, images = 3, row = 500;

// Lines of all images from `from` on, counted from the first image's first float.
std::set<int64_t> lines_of(int64_t from, int64_t rows, int64_t floats) {
    std::set<int64_t> lines;
    for (int64_t n = 0; n < images; n++)
        for (int64_t i = 0; i < rows; i++)
            for (int64_t l = 0; l < floats; l += 16) lines.insert((from + n * image + i * row + l) / 16);
    return lines;
}

// Those that calls of so many window rows and tiles fetch, as generators/backward_weights.cpp says.
std::set<int64_t> fetched(UpcomingPieces& upcoming, const float* tensor, int64_t window_rows, int64_t tiles,
                          int64_t tile_work, int64_t calls) {
    std::set<int64_t> lines;
    for (int64_t call = 0; call < calls && upcoming.worth(); call++) {
        const UpcomingPieces::Place p = upcoming.take(window_rows, tiles, tile_work);
        for (int64_t n = 0; n < images; n++)
            for (int64_t i = 0; i < window_rows; i++)
                for (int64_t t = 0; t < tiles; t++)
                    lines.insert((p.first - tensor + n * p.image + i * p.window_row + t * p.tile) / 16);
    }
    return lines;
}

// Two pieces, of one row and of three, fetched by calls whose window has so many rows.
void expect_all_are_fetched(int64_t window_rows) {
    const std::vector<float> tensor(size_t(images * image + 4 * row));
    const int64_t tiles = 6, tile_work = 64, calls = 40;
    UpcomingPieces upcoming(calls * window_rows * tiles * tile_work);
    upcoming.add({tensor.data(), image, 1, 0, 320});
    upcoming.add({tensor.data() + 2048, image, 3, row, 160});
    std::set<int64_t> wanted = lines_of(0, 1, 320);
    wanted.merge(lines_of(2048, 3, 160));
    const std::set<int64_t> lines = fetched(upcoming, tensor.data(), window_rows, tiles, tile_work, calls);
    for (const int64_t line : wanted) EXPECT_TRUE(lines.count(line)) << "line " << line;
    EXPECT_FALSE(upcoming.worth()) << "calls are left, and nothing to fetch";
}

TEST(UpcomingPieces, all_lines_are_fetched_by_windows_of_one_row) {
    expect_all_are_fetched(1);
}
TEST(UpcomingPieces, all_lines_are_fetched_by_windows_with_the_rows_of_a_piece) {
    expect_all_are_fetched(3);
}
TEST(UpcomingPieces, all_lines_are_fetched_by_windows_of_other_rows) {
    expect_all_are_fetched(2);
}

TEST(UpcomingPieces, later_images_are_fetched_from_their_own_place) {
    const std::vector<float> tensor(size_t(2 * images * image));
    UpcomingPieces upcoming(64);
    upcoming.add({tensor.data(), image, 1, 0, 16});
    upcoming.begin(2);
    EXPECT_EQ(upcoming.take(1, 1, 64).first, tensor.data() + 2 * image);
}

TEST(UpcomingPieces, nothing_is_worth_fetching_beside_many_products) {
    const std::vector<float> tensor(16);
    UpcomingPieces none(1), few(1'000'000);
    few.add({tensor.data(), 16, 1, 0, 16});
    EXPECT_FALSE(none.worth());
    EXPECT_FALSE(few.worth());
}

}  // namespace

}  // namespace lcn_test
