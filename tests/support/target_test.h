// Tests that run once for every target of the library; their names end in the target.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace lcn_test {

// Forces the target. A machine that cannot run it skips the test. At the end, kernels of this target and of
// no other must have run, and of every family named by expect_families().
class TargetTest : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override;
    void TearDown() override;

    // Operations of kernels, as KernelInfo names them, which the test must have run before it ends.
    void expect_families(std::initializer_list<const char*> operations);

    bool is_device() const;

    // What has run so far, by symbol; then it is forgotten. Fails when it was another target's.
    std::vector<std::string> take_kernels_ran();

  private:
    std::vector<std::string> families_, operations_ran_;
};

enum class Targets { all, processors, devices };
std::vector<std::string> target_names(Targets targets = Targets::all);

std::string parameter_name(const testing::TestParamInfo<std::string>& info);

}  // namespace lcn_test

#define LCN_TEST_EVERY_TARGET(suite)                                                 \
    INSTANTIATE_TEST_SUITE_P(, suite, testing::ValuesIn(::lcn_test::target_names()), \
                             ::lcn_test::parameter_name)

// What devices have no part in: workspaces, threads, tensors beyond 2^31 elements.
#define LCN_TEST_EVERY_PROCESSOR(suite)                                                                      \
    INSTANTIATE_TEST_SUITE_P(, suite,                                                                        \
                             ::testing::ValuesIn(::lcn_test::target_names(::lcn_test::Targets::processors)), \
                             ::lcn_test::parameter_name)
