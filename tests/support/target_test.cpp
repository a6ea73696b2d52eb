#include "target_test.h"

#include <algorithm>

#include "lcn/kernels.h"
#include "record.h"

namespace lcn_test {

namespace {

lcn::TargetInfo info(const std::string& target) {
    for (int t = 0; t < lcn::target_count(); t++)
        if (lcn::target_info(t).name == target) return lcn::target_info(t);
    return {};
}

// What a device runs instead of a kernel of processors; "": nothing.
std::string on_device(const std::string& operation) {
    if (operation == "transpose") return "";
    return operation.find("backward_input_") == 0 ? "backward_input_gather" : operation;
}

}  // namespace

void TargetTest::SetUp() {
    if (!info(GetParam()).usable) GTEST_SKIP() << "this machine cannot run " << GetParam();
    const lcn::Status status = lcn::set_target(GetParam().c_str());
    ASSERT_TRUE(status.ok()) << status.message;
    lcn::forget_kernels_ran();
}

void TargetTest::TearDown() {
    if (IsSkipped()) return;
    take_kernels_ran();
    EXPECT_FALSE(operations_ran_.empty()) << "no kernel of " << GetParam() << " ran";
    for (std::string family : families_) {
        if (is_device() && (family = on_device(family)).empty()) continue;
        EXPECT_TRUE(std::count(operations_ran_.begin(), operations_ran_.end(), family))
            << "no case ran " << family;
    }
    lcn::prefer_kernel(nullptr);
    lcn::set_target(nullptr);
}

std::vector<std::string> TargetTest::take_kernels_ran() {
    std::vector<std::string> symbols;
    for (int k = 0; k < lcn::kernel_count(); k++) {
        const lcn::KernelInfo kernel = lcn::kernel_info(k);
        if (!kernel.ran) continue;
        EXPECT_EQ(kernel.target, GetParam()) << "ran " << kernel.symbol;
        symbols.push_back(kernel.symbol);
        record_kernel(kernel.symbol);
        operations_ran_.push_back(kernel.operation);
    }
    lcn::forget_kernels_ran();
    return symbols;
}

bool TargetTest::is_device() const {
    return info(GetParam()).device;
}

void TargetTest::expect_families(std::initializer_list<const char*> operations) {
    families_.assign(operations.begin(), operations.end());
}

std::vector<std::string> target_names(Targets targets) {
    std::vector<std::string> names;
    for (int t = 0; t < lcn::target_count(); t++)
        if (targets == Targets::all || lcn::target_info(t).device == (targets == Targets::devices))
            names.push_back(lcn::target_info(t).name);
    return names;
}

std::string parameter_name(const testing::TestParamInfo<std::string>& info) {
    return info.param;
}

}  // namespace lcn_test
