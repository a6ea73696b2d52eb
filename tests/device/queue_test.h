// Calls on queues of a device, lcn's own and the caller's, held against calls on tensors of the host.
#pragma once

#include <gtest/gtest.h>

#include "device_tensors.h"

namespace lcn_test {

Case with_relu(int64_t batch);

// Skipped where the machine has no device of the target.
class QueueTest : public testing::Test {
  protected:
    explicit QueueTest(const char* target) : target_(target) {}
    void SetUp() override;

    Results of_host(lcn::Operation operation, const Case& c, const Operands& operands) const;
    void expect_same_bits(const lcn::Queue& queue, Case c) const;
    void expect_same_activation_gradient(const lcn::Queue& queue) const;
    // Each in a thread of its own.
    void expect_not_to_mix(const std::vector<lcn::Queue>& queues) const;

    // What is to be the same: nothing where the driver is the tests' stand-in, which runs no kernel.
    void expect_identical(const Results& expected, const Results& actual) const;

  private:
    const char* const target_;
    bool runs_kernels_ = true;
};

}  // namespace lcn_test
