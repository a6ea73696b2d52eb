// What is particular to targets that are devices.
#include "lcn/device.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <thread>

#include "lcn/kernels.h"
#include "support/child.h"
#include "support/expect_error.h"
#include "support/gates.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Code;

class Device : public TargetTest {};

// The tensor is an address range that nothing may be read from.
TEST_P(Device, takes_no_tensor_of_2_to_the_31_elements) {
    lcn::Problem p;
    p.batch = 3;
    p.input_rows = p.input_columns = p.channels = p.filters = p.kernel_rows = p.kernel_columns = 1;
    p.input_batch_stride = int64_t(1) << 30;
    const size_t bytes = size_t(9) << 30;
    void* const range = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT_NE(range, MAP_FAILED);
    float w = 1, y[3] = {7, 7, 7};
    const lcn::Status status = lcn::forward(p, static_cast<const float*>(range), &w, nullptr, y, nullptr, {});
    EXPECT_EQ(status.code, Code::overflow) << status.message;
    EXPECT_NE(std::string(status.message).find("input"), std::string::npos) << status.message;
    EXPECT_EQ(y[0], 7.0f);
    munmap(range, bytes);
    p.input_batch_stride = 0, p.batch = 1;  // for a kernel must have run
    EXPECT_TRUE(lcn::forward(p, &w, &w, nullptr, y, nullptr, {}).ok());
}

TEST_P(Device, takes_no_gradient_of_2_to_the_31_elements) {
    const int64_t count = int64_t(1) << 31;
    const size_t bytes = size_t(count) * 3 * sizeof(float);
    void* const range = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT_NE(range, MAP_FAILED);
    float* const tensors = static_cast<float*>(range);
    const lcn::Activation relu{lcn::Function::relu};
    const lcn::Status status =
        lcn::activation_gradient(relu, count, tensors, tensors + count, tensors + 2 * count);
    EXPECT_EQ(status.code, Code::overflow) << status.message;
    EXPECT_NE(std::string(status.message).find("before_activation"), std::string::npos) << status.message;
    munmap(range, bytes);
    float x = 1;  // for a kernel must have run
    EXPECT_TRUE(lcn::activation_gradient(relu, 1, &x, &x, &x).ok());
}

TEST_P(Device, needs_no_workspace) {
    Case c{{9, 6, 7, 5, 20, 3, 3, 1, 1, false, true}};
    for (lcn::Operation operation : operations) {
        int64_t bytes = -1;
        EXPECT_TRUE(lcn::workspace_bytes(problem_of(c), operation, bytes).ok());
        EXPECT_EQ(bytes, 0);
        Random random(1);
        check(operation, c, integer_operands(c.layer, random), exact);
    }
}

TEST_P(Device, is_refused_in_a_forked_child) {
    const std::string target = GetParam();
    EXPECT_EQ(
        in_child([&] {
            const lcn::Status status = lcn::set_target(target.c_str());
            const bool says_why = std::string(status.message).find("forked") != std::string::npos;
            return std::string(status.code == Code::unusable_target && says_why ? "refused" : status.message);
        }),
        "refused");
    float x = 1, y = 0;  // for a kernel must have run
    lcn::Problem p;
    p.input_rows = p.input_columns = p.channels = p.filters = p.kernel_rows = p.kernel_columns = 1;
    EXPECT_TRUE(lcn::forward(p, &x, &x, nullptr, &y, nullptr, {}).ok());
}

// Whatever lock a thread of the parent holds at that moment.
TEST_P(Device, is_refused_in_a_child_that_is_forked_during_a_call) {
    const std::string target = GetParam();
    std::atomic<bool> done{false};
    std::thread calls([&] {
        for (int count = 0; !done;) lcn::device_count(target.c_str(), count);
    });
    std::string said = "refused";
    for (int k = 0; k < 30 && said == "refused"; k++)
        said = in_child(
            [&] {
                int count = 0;
                const lcn::Status status = lcn::device_count(target.c_str(), count);
                return std::string(status.code == Code::unusable_target ? "refused" : status.message);
            },
            10);
    done = true;
    calls.join();
    EXPECT_EQ(said, "refused");
    float x = 1, y = 0;  // for a kernel must have run
    lcn::Problem p;
    p.input_rows = p.input_columns = p.channels = p.filters = p.kernel_rows = p.kernel_columns = 1;
    EXPECT_TRUE(lcn::forward(p, &x, &x, nullptr, &y, nullptr, {}).ok());
}

INSTANTIATE_TEST_SUITE_P(, Device, testing::ValuesIn(target_names(Targets::devices)), parameter_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Device);

// Why a machine cannot run a target is said, and a processor's target is what runs without being asked for.
TEST(Devices, are_not_chosen_unless_asked_for) {
    const char* name = nullptr;
    ASSERT_TRUE(lcn::set_target(nullptr).ok());
    ASSERT_TRUE(lcn::target(name).ok());
    for (int t = 0; t < lcn::target_count(); t++) {
        const lcn::TargetInfo info = lcn::target_info(t);
        const lcn::Status status = lcn::target_status(t);
        EXPECT_EQ(status.ok(), info.usable);
        EXPECT_EQ(status.message[0] == 0, info.usable) << info.name;
        EXPECT_FALSE(info.device && std::string(info.name) == name);
    }
}

}  // namespace

}  // namespace lcn_test
