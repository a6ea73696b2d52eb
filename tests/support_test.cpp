// Tests of the tests: the cover covers, the gates refuse, the guards bite.
#include <algorithm>
#include <cmath>
#include <csignal>

#include "support/child.h"
#include "support/gates.h"
#include "support/pairwise.h"

namespace lcn_test {

namespace {

TEST(Pairwise, covers_every_pair) {
    const std::vector<int> levels = {2, 3, 5, 9, 14};
    for (uint64_t seed : {1, 2, 3}) {
        const auto rows = pairwise(levels, seed);
        EXPECT_LT(rows.size(), 2u * 9 * 14);
        for (size_t d = 0; d < levels.size(); d++)
            for (size_t e = 0; e < d; e++)
                for (int a = 0; a < levels[d]; a++)
                    for (int b = 0; b < levels[e]; b++)
                        EXPECT_TRUE(std::any_of(rows.begin(), rows.end(),
                                                [&](const auto& row) { return row[d] == a && row[e] == b; }));
    }
    EXPECT_NE(pairwise(levels, 1), pairwise(levels, 2));
}

reference::Sum sum_of(std::initializer_list<double> terms) {
    reference::Sum sum;
    for (double term : terms) sum.add(term);
    return sum;
}

TEST(Gates, exact_compares_bits) {
    const reference::Sums seven = {sum_of({3, 4})}, nan = {sum_of({double(NAN)})};
    EXPECT_TRUE(exact(seven, {7.0f}));
    EXPECT_FALSE(exact(seven, {7.0000005f}));
    EXPECT_FALSE(exact(seven, {7.0f, 7.0f}));
    EXPECT_FALSE(exact(seven, {NAN}));
    EXPECT_TRUE(exact(nan, {NAN}));
    EXPECT_FALSE(exact(nan, {7.0f}));
    EXPECT_FALSE(exact({sum_of({0})}, {-0.0f}));
    EXPECT_FALSE(exact({sum_of({0x1p24, 1})}, {0x1p24f})) << "not an exact reference";
}

TEST(Gates, bounds_are_as_narrow_as_they_say) {
    const reference::Sums cancelling = {sum_of({1, -1})};  // 2 terms of magnitude 2: at most 2 * 2^-24 * 2
    EXPECT_TRUE(within_bounds(cancelling, {0x1.fp-23f}));
    EXPECT_FALSE(within_bounds(cancelling, {0x1.1p-22f}));
    reference::Sum many;
    for (int k = 0; k < 10'000; k++) many.add(k % 2 ? 1 : -1);  // 200 * 2^-24 * 10,000: one lost term is seen
    EXPECT_TRUE(within_bounds({many}, {0.1f}));
    EXPECT_FALSE(within_bounds({many}, {1.0f}));
    EXPECT_FALSE(within_bounds(cancelling, {NAN}));
}

TEST(GuardedFloats, neighbours_are_watched) {
    const GuardedFloats right(10), left(10, {Placement::left, 4});
    EXPECT_TRUE(right.surroundings_intact());
    right.data()[-1] = 0;
    EXPECT_FALSE(right.surroundings_intact());
    left.data()[10] = 0;
    EXPECT_FALSE(left.surroundings_intact());
    EXPECT_FALSE(left.intact(0, 11));
    EXPECT_TRUE(left.intact(0, 10));
    const std::string crashed = "the child ended with signal " + std::to_string(SIGSEGV);
    EXPECT_EQ(in_child([&] { return std::to_string(right.data()[10]); }), crashed);
    EXPECT_EQ(in_child([&] { return std::to_string(left.data()[-2]); }), crashed);
}

TEST(GuardedFloats, can_be_made_read_only) {
    GuardedFloats memory(10);
    memory.make_read_only();
    EXPECT_EQ(in_child([&] {
                  memory.data()[3] = 1;
                  return std::string("written");
              }),
              "the child ended with signal " + std::to_string(SIGSEGV));
}

}  // namespace

}  // namespace lcn_test
