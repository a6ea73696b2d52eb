#include "pairwise.h"

#include <utility>

namespace lcn_test {

namespace {

// Which pairs of (dimension, level) are still to be seen together.
class Uncovered {
  public:
    explicit Uncovered(const std::vector<int>& levels) {
        for (int of_dimension : levels) {
            const int d = int(first_.size());
            first_.push_back(int(dimension_of_.size()));
            dimension_of_.insert(dimension_of_.end(), of_dimension, d);
        }
        const int total = int(dimension_of_.size());
        pair_.assign(total, std::vector<char>(total));
        for (int a = 0; a < total; a++)
            for (int b = 0; b < total; b++) {
                pair_[a][b] = dimension_of_[a] != dimension_of_[b];
                left_ += pair_[a][b] && a < b;
            }
    }

    int left() const { return left_; }
    bool contains(int d, int level, int e, int other) const {
        return pair_[first_[d] + level][first_[e] + other];
    }
    void remove(int d, int level, int e, int other) {
        char& pair = pair_[first_[d] + level][first_[e] + other];
        left_ -= pair;
        pair = pair_[first_[e] + other][first_[d] + level] = 0;
    }
    // The pairs are walked from a random one on.
    void any(Random& random, std::vector<int>& row) const {
        const int total = int(pair_.size()), start = int(random.below(total));
        for (int i = 0; i < total; i++) {
            const int a = (start + i) % total;
            for (int b = 0; b < total; b++)
                if (pair_[a][b]) {
                    row[dimension_of_[a]] = a - first_[dimension_of_[a]];
                    row[dimension_of_[b]] = b - first_[dimension_of_[b]];
                    return;
                }
        }
    }

  private:
    std::vector<int> first_, dimension_of_;
    std::vector<std::vector<char>> pair_;
    int left_ = 0;
};

// The level of dimension d that meets most uncovered levels of the dimensions already set; ties by chance.
int best_level(const Uncovered& uncovered, const std::vector<int>& row, int d, int levels, Random& random) {
    int best = 0, best_score = -1;
    const int start = int(random.below(levels));
    for (int i = 0; i < levels; i++) {
        const int level = (start + i) % levels;
        int score = 0;
        for (int e = 0; e < int(row.size()); e++)
            score += e != d && row[e] >= 0 && uncovered.contains(d, level, e, row[e]);
        if (score > best_score) best = level, best_score = score;
    }
    return best;
}

}  // namespace

std::vector<std::vector<int>> pairwise(const std::vector<int>& levels, uint64_t seed) {
    const int dimensions = int(levels.size());
    Random random(seed);
    Uncovered uncovered(levels);
    std::vector<std::vector<int>> rows;
    while (uncovered.left() > 0) {
        std::vector<int> row(dimensions, -1), order(dimensions);
        uncovered.any(random, row);
        for (int d = 0; d < dimensions; d++) order[d] = d;
        for (int d = dimensions - 1; d > 0; d--) std::swap(order[d], order[random.below(d + 1)]);
        for (int d : order)
            if (row[d] < 0) row[d] = best_level(uncovered, row, d, levels[d], random);
        for (int d = 0; d < dimensions; d++)
            for (int e = 0; e < d; e++) uncovered.remove(d, row[d], e, row[e]);
        rows.push_back(row);
    }
    return rows;
}

}  // namespace lcn_test
