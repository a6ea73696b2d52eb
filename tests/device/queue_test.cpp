#include "queue_test.h"

#include <string>
#include <thread>

#include "standin_test.h"
#include "support/gates.h"

namespace lcn_test {

using lcn::Operation;

Case with_relu(int64_t batch) {
    Case c{{batch, 6, 7, 5, 20, 3, 3, 1, 1, true, false}};
    c.bias = c.before = true;
    c.activation.function = lcn::Function::relu;
    return c;
}

void QueueTest::SetUp() {
    const lcn::Status status = lcn::synchronize({target_});
    if (status.code == lcn::Code::unusable_target) GTEST_SKIP() << status.message;
    ASSERT_TRUE(status.ok()) << status.message;
    runs_kernels_ = std::string(target_) != "cuda" || !find_standin();
}

Results QueueTest::of_host(Operation operation, const Case& c, const Operands& operands) const {
    EXPECT_TRUE(lcn::set_target(target_).ok());
    const Results results = run(operation, c, operands);
    lcn::set_target(nullptr);
    return results;
}

void QueueTest::expect_identical(const Results& expected, const Results& actual) const {
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t k = 0; k < actual.size() && runs_kernels_; k++)
        EXPECT_TRUE(identical(expected[k], actual[k])) << k;
}

void QueueTest::expect_same_bits(const lcn::Queue& queue, Case c) const {
    Random random(5);
    const Operands operands = real_operands(c.layer, random);
    for (bool accumulate : {false, true}) {
        c.accumulate = accumulate;
        const DeviceTensors tensors(queue, c, operands);
        for (Operation operation : operations) {
            SCOPED_TRACE(name_of(operation));
            const lcn::Status status = tensors.run(operation);
            ASSERT_TRUE(status.ok()) << status.message;
            expect_identical(of_host(operation, c, operands), tensors.results(operation));
        }
    }
}

void QueueTest::expect_same_activation_gradient(const lcn::Queue& queue) const {
    const Case c = with_relu(9);
    Random random(6);
    const Operands operands = real_operands(c.layer, random);
    const DeviceTensors tensors(queue, c, operands);
    ASSERT_TRUE(tensors.run(Operation::forward).ok());
    ASSERT_TRUE(tensors.activation_gradient().ok());
    const Results actual = tensors.results(Operation::forward);
    ASSERT_TRUE(lcn::set_target(target_).ok());
    const Floats expected = activation_gradient(c.activation, actual[1], operands.output_gradient);
    lcn::set_target(nullptr);
    expect_identical({expected}, {actual[0]});
}

void QueueTest::expect_not_to_mix(const std::vector<lcn::Queue>& queues) const {
    const Case c = with_relu(9);
    Random random(8);
    const Operands operands = integer_operands(c.layer, random);
    std::vector<std::vector<Results>> of_threads(queues.size());
    std::vector<std::thread> threads;
    for (size_t t = 0; t < queues.size(); t++)
        threads.emplace_back([&, t] {
            for (int turn = 0; turn < 5; turn++) {
                const DeviceTensors tensors(queues[t], c, operands);
                of_threads[t].clear();
                for (Operation operation : operations) {
                    EXPECT_TRUE(tensors.run(operation).ok());
                    of_threads[t].push_back(tensors.results(operation));
                }
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (size_t k = 0; k < std::size(operations); k++) {
        const Results expected = of_host(operations[k], c, operands);
        for (const std::vector<Results>& of_thread : of_threads) expect_identical(expected, of_thread.at(k));
    }
}

}  // namespace lcn_test
