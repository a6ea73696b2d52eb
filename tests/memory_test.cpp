// No byte beyond a buffer is read or written, wherever the buffer lies: guard pages flush right, then flush
// left, and patterns in what is left of the pages and between images (operations.cpp has them around every
// buffer of every test).
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

class Memory : public TargetTest {
  protected:
    void sweep(uint64_t seed, Placement placement) {
        Random random(seed);
        for (Case c : pairwise_cases(seed))
            for (lcn::Operation operation : operations) {
                c.placement = placement;
                c.activation.function = lcn::Function(seed % 2 ? random.below(15) : 0);
                const Operands operands = integer_operands(c.layer, random);
                if (c.activation.function == lcn::Function::linear)
                    check(operation, c, operands, exact);
                else
                    run(operation, c, operands);
                if (HasFailure()) return;
            }
    }
};

TEST_P(Memory, flush_right) {
    sweep(90, {Placement::right});
}
TEST_P(Memory, flush_left) {
    sweep(92, {Placement::left});
}
TEST_P(Memory, flush_right_with_activations) {
    sweep(91, {Placement::right});
}
TEST_P(Memory, flush_left_with_activations) {
    sweep(93, {Placement::left});
}
TEST_P(Memory, any_alignment) {
    for (int64_t bytes : {4, 20, 60}) sweep(94, {Placement::left, bytes});
}

LCN_TEST_EVERY_TARGET(Memory);

}  // namespace

}  // namespace lcn_test
