// Tests that run once for every target that is a device, on its device 0; their names end in the target.
#pragma once

#include <gtest/gtest.h>

#include "lcn/device.h"
#include "support/target_test.h"

namespace lcn_test {

inline void expect_status(const lcn::Status& status, lcn::Code code,
                          std::initializer_list<std::string> words) {
    EXPECT_EQ(status.code, code) << status.message;
    for (const std::string& word : words)
        EXPECT_NE(std::string(status.message).find(word), std::string::npos)
            << status.message << ": no " << word;
}

class EveryDeviceTest : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        const lcn::Status status = lcn::synchronize(queue);
        if (status.code == lcn::Code::unusable_target) GTEST_SKIP() << status.message;
        ASSERT_TRUE(status.ok()) << status.message;
    }
    bool has_addresses() const { return GetParam() == "cuda"; }

    std::string name = GetParam();
    lcn::Queue queue{name.c_str()};
};

}  // namespace lcn_test

#define LCN_TEST_EVERY_DEVICE(suite)                                                                      \
    INSTANTIATE_TEST_SUITE_P(, suite,                                                                     \
                             ::testing::ValuesIn(::lcn_test::target_names(::lcn_test::Targets::devices)), \
                             ::lcn_test::parameter_name)
