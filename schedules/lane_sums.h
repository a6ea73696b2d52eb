#pragma once

#include <algorithm>
#include <vector>

#include "Halide.h"

namespace lcn::schedules {

// Says how vectors are summed over their lanes, several at once: lane l and lane l + half, in halves, a tree
// whose order neither the compiler nor the number of sums decides. While there is more than one vector two
// are merged by an addition, so that 8 sums of 8 lanes take 7.
class LaneSums : public Halide::Internal::IRMutator {
  protected:
    using IRMutator::visit;

    Halide::Expr visit(const Halide::Internal::VectorReduce* op) override {
        const int sums = op->type.lanes(), lanes = op->value.type().lanes() / sums;
        std::vector<Halide::Expr> vectors;
        for (int v = 0; v < sums; v++)
            vectors.push_back(Shuffle::make_slice(op->value, sum_of(v, sums, lanes) * lanes, 1, lanes));
        for (int half = lanes / 2; half > 0; half /= 2) {
            const size_t pairs = vectors.size() / 2;
            for (size_t v = 0; v < pairs; v++) vectors[v] = merged(vectors[v], vectors[v + pairs], half);
            if (pairs == 0)
                vectors[0] = halved(vectors[0], half);
            else
                vectors.resize(pairs);
        }
        return vectors[0];
    }

  private:
    using Shuffle = Halide::Internal::Shuffle;

    // The sum that vector `v` is of. The last merge of as many sums as lanes puts pairs, not single lanes,
    // behind each other, and the one before it the other way round.
    static int sum_of(int v, int sums, int lanes) {
        return sums == lanes && lanes >= 4 ? v / 4 * 4 + v % 2 * 2 + v / 2 % 2 : v;
    }

    // Vectors a and b of pieces of 2 * half lanes to one of pieces of half as many, a piece of a and one of b
    // in turn. Half of each stays where it is, which is a blend and a shuffle; with single lanes, where that
    // does not exist, two shuffles of groups of four lanes.
    static Halide::Expr merged(const Halide::Expr& a, const Halide::Expr& b, int half) {
        const int lanes = a.type().lanes(), group = half > 1 ? 2 * half : std::min(lanes, 4);
        std::vector<int> first, second;
        for (int begin = 0; begin < lanes; begin += group)
            for (const int side : {0, 1})
                for (int l = 0; l < group / 2; l++) {
                    const int piece = side * lanes + begin + (half > 1 ? l : 2 * l);
                    first.push_back(piece + (half > 1 ? side * half : 0));
                    second.push_back(piece + (half > 1 ? (1 - side) * half : 1));
                }
        return sum(Shuffle::make({a, b}, first), Shuffle::make({a, b}, second));
    }

    static Halide::Expr halved(const Halide::Expr& a, int half) {
        std::vector<int> first, second;
        for (int l = 0; l < a.type().lanes(); l++) (l / half % 2 == 0 ? first : second).push_back(l);
        return sum(Shuffle::make({a}, first), Shuffle::make({a}, second));
    }

    // Else LLVM fuses the first product of one half with this addition, where halves are registers of their
    // own, though that product is strict.
    static Halide::Expr sum(const Halide::Expr& a, const Halide::Expr& b) {
        using Halide::Internal::Call;
        return Call::make(a.type(), Call::strict_add, {a, b}, Call::PureIntrinsic);
    }
};

inline void add_lane_sums(Halide::Pipeline pipeline) {
    auto* pass = new LaneSums;
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
