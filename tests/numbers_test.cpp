// The three gates over all settings of a call in pairs, and over the layers of real models: exact on
// integers, the hard and the soft bound on real numbers.
#include "support/gates.h"
#include "support/suite.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Operation;

using Fill = Operands (*)(const reference::Layer& layer, Random& random);

// Covers first, first + 1, ..., all different.
void sweep(Operation operation, uint64_t first, uint64_t covers, Fill fill, Gate gate) {
    Random random(first);
    for (uint64_t cover = first; cover < first + covers; cover++)
        for (const Case& c : pairwise_cases(cover)) {
            SCOPED_TRACE(testing::Message() << "cover " << cover);
            check(operation, c, fill(c.layer, random), gate);
            if (testing::Test::HasFailure()) return;
        }
}

// The layers of real models, with few positions, up to a number of multiply-adds.
void sweep_suite(Operation operation, int64_t most_products, Fill fill, Gate gate) {
    Random random(1);
    for (const SuiteShape& shape : suite_shapes())
        for (int64_t batch : shape.batches)
            for (bool channels_first : {false, true}) {
                Case c{shape.small_layer(batch)};
                c.layer.channels_first = channels_first;
                if (c.layer.kernel_size() * batch > most_products) continue;
                c.bias = c.accumulate = channels_first;
                c.threads = channels_first ? 16 : 1;
                SCOPED_TRACE(shape.id);
                check(operation, c, fill(c.layer, random), gate);
                if (testing::Test::HasFailure()) return;
            }
}

// Layers at the limits of buffers: more filters than one call takes, more channels than a band holds, long
// rows and columns, windows that are cut into blocks, batches that are.
void sweep_extremes(Operation operation) {
    const reference::Layer layers[] = {
        {1, 2, 2, 3, 5000, 1, 2, 1, 1, false, false},   {1, 1, 2, 40'000, 2, 1, 1, 1, 1, false, false},
        {1, 4, 3, 12'000, 3, 3, 2, 1, 1, false, false}, {1, 1, 900, 2, 5, 1, 3, 1, 1, false, false},
        {1, 900, 1, 2, 5, 3, 1, 2, 1, false, false},    {1, 4, 4, 70, 40, 4, 3, 1, 1, false, false},
        {1, 30, 30, 1, 1, 25, 28, 3, 2, false, false}};
    Random random(7);
    for (reference::Layer layer : layers)
        for (int64_t batch : {1, 9})
            for (bool channels_first : {false, true}) {
                Case c{layer};
                c.layer.batch = batch, c.layer.channels_first = channels_first;
                c.layer.same = c.bias = c.accumulate = channels_first;
                c.threads = channels_first ? 7 : 1;
                check(operation, c, integer_operands(c.layer, random), exact);
                if (testing::Test::HasFailure()) return;
            }
}

// Large batches, whose inputs, weights and gradients are brought together first: images a multiple of 4096
// bytes apart and not, filters in tiles and groups of tiles and too few for a vector, windows in blocks and
// trimmed ones, windows whose columns are kept while they slide.
void sweep_large_batches(Operation operation) {
    const reference::Layer layers[] = {
        {130, 4, 4, 64, 73, 3, 3, 1, 1, false, false},  {140, 1, 2, 512, 300, 1, 1, 1, 1, false, false},
        {260, 8, 4, 32, 70, 2, 3, 3, 1, false, false},  {150, 3, 5, 7, 129, 2, 2, 1, 2, false, false},
        {48, 8, 8, 16, 20, 3, 3, 2, 2, false, false},   {129, 2, 3, 40, 6, 2, 2, 1, 1, false, false},
        {200, 8, 8, 16, 16, 3, 3, 1, 1, false, false},  {20, 2, 2, 300, 7, 2, 2, 1, 1, false, false},
        {40, 3, 4, 24, 3, 2, 2, 1, 1, false, false},    {260, 4, 8, 32, 17, 2, 3, 1, 1, false, false},
        {130, 2, 16, 32, 70, 2, 3, 1, 2, false, false}, {520, 2, 8, 128, 16, 2, 3, 1, 1, false, false}};
    Random random(8);
    for (reference::Layer layer : layers)
        for (bool channels_first : {false, true})
            for (bool same : {false, true}) {
                Case c{layer};
                c.layer.channels_first = channels_first, c.layer.same = same;
                c.bias = c.accumulate = same;
                c.threads = same ? 3 : 1;
                check(operation, c, integer_operands(c.layer, random), exact);
                if (testing::Test::HasFailure()) return;
            }
}

class Exact : public TargetTest {};
class Bounds : public TargetTest {};
class SuiteExact : public TargetTest {};
class Extremes : public TargetTest {};
class LargeBatches : public TargetTest {};
class LongExact : public TargetTest {};
class LongBounds : public TargetTest {};
class LongSuiteBounds : public TargetTest {};

constexpr uint64_t few = 4, many = 100;

TEST_P(Exact, forward) {
    expect_families({"forward", "transpose"});
    sweep(Operation::forward, 1000, few, integer_operands, exact);
}
TEST_P(Exact, backward_input) {
    expect_families({"backward_input_dot", "backward_input_band", "transpose"});
    sweep(Operation::backward_input, 2000, few, integer_operands, exact);
}
TEST_P(Exact, backward_weights) {
    expect_families({"backward_weights", "transpose"});
    sweep(Operation::backward_weights, 3000, few, integer_operands, exact);
}

TEST_P(Bounds, forward) {
    expect_families({"forward", "transpose"});
    sweep(Operation::forward, 4000, few, real_operands, within_bounds);
}
TEST_P(Bounds, backward_input) {
    expect_families({"backward_input_dot", "backward_input_band", "transpose"});
    sweep(Operation::backward_input, 5000, few, real_operands, within_bounds);
}
TEST_P(Bounds, backward_weights) {
    expect_families({"backward_weights", "transpose"});
    sweep(Operation::backward_weights, 6000, few, real_operands, within_bounds);
}

constexpr int64_t small = 8'000'000, large = 200'000'000;

TEST_P(SuiteExact, forward) {
    sweep_suite(Operation::forward, small, integer_operands, exact);
}
TEST_P(SuiteExact, backward_input) {
    sweep_suite(Operation::backward_input, small, integer_operands, exact);
}
TEST_P(SuiteExact, backward_weights) {
    sweep_suite(Operation::backward_weights, small, integer_operands, exact);
}

TEST_P(Extremes, forward) {
    sweep_extremes(Operation::forward);
}
TEST_P(Extremes, backward_input) {
    sweep_extremes(Operation::backward_input);
}
TEST_P(Extremes, backward_weights) {
    sweep_extremes(Operation::backward_weights);
}

TEST_P(LargeBatches, forward) {
    sweep_large_batches(Operation::forward);
}
TEST_P(LargeBatches, backward_input) {
    sweep_large_batches(Operation::backward_input);
}
TEST_P(LargeBatches, backward_weights) {
    sweep_large_batches(Operation::backward_weights);
}

TEST_P(LongExact, forward) {
    sweep(Operation::forward, 10000, many, integer_operands, exact);
}
TEST_P(LongExact, backward_input) {
    sweep(Operation::backward_input, 20000, many, integer_operands, exact);
}
TEST_P(LongExact, backward_weights) {
    sweep(Operation::backward_weights, 30000, many, integer_operands, exact);
}
TEST_P(LongBounds, forward) {
    sweep(Operation::forward, 40000, many, real_operands, within_bounds);
}
TEST_P(LongBounds, backward_input) {
    sweep(Operation::backward_input, 50000, many, real_operands, within_bounds);
}
TEST_P(LongBounds, backward_weights) {
    sweep(Operation::backward_weights, 60000, many, real_operands, within_bounds);
}
TEST_P(LongSuiteBounds, forward) {
    sweep_suite(Operation::forward, large, real_operands, within_bounds);
}
TEST_P(LongSuiteBounds, backward_input) {
    sweep_suite(Operation::backward_input, large, real_operands, within_bounds);
}
TEST_P(LongSuiteBounds, backward_weights) {
    sweep_suite(Operation::backward_weights, large, real_operands, within_bounds);
}

LCN_TEST_EVERY_TARGET(Exact);
LCN_TEST_EVERY_TARGET(Bounds);
LCN_TEST_EVERY_TARGET(SuiteExact);
LCN_TEST_EVERY_TARGET(Extremes);
LCN_TEST_EVERY_TARGET(LargeBatches);
LCN_TEST_EVERY_TARGET(LongExact);
LCN_TEST_EVERY_TARGET(LongBounds);
LCN_TEST_EVERY_TARGET(LongSuiteBounds);

}  // namespace

}  // namespace lcn_test
