// Calls on devices while memory of the host runs out, with the stand-ins in place of the drivers. Every test
// works in a child, whose first call is the first of a process.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "device_tensors.h"
#include "standin/driver.h"
#include "support/allocations.h"
#include "support/child.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::Operation;

class DeviceFaults : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        if (!lcn::target_is_device(GetParam())) GTEST_SKIP() << "this library has no " << GetParam();
    }

    // Memory that the driver asks for does not fail. The stand-in for OpenCL asks for none.
    static void spare_driver() {
        void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
        void* const function = library ? dlsym(library, "standin_driver") : nullptr;
        ASSERT_TRUE(function);
        reinterpret_cast<standin::Driver* (*)()>(function)()->watch(FailingAllocations::spare);
    }

    // A process with a call of which an allocation fails says "no memory", or else what is wrong; and "" when
    // the call had fewer.
    using Call = std::function<lcn::Status()>;
    static std::string of_call(const Call& call, int64_t first, FailingAllocations::Which which) noexcept {
        lcn::Status status;
        int64_t failed = 0;
        {
            const FailingAllocations failing(first, which);
            status = call();
            failed = failing.failed();
        }
        const lcn::Status next = call();
        if (!next.ok()) return std::string("afterwards: ") + next.message;
        if (failed == 0) return status.message;
        // A library that cannot be loaded for want of memory is not there; and its loader may do without.
        const bool said =
            status.ok() || status.code == Code::no_memory || status.code == Code::unusable_target;
        return said ? "no memory" : std::string("said: ") + status.message;
    }
    static void expect_said(const std::function<Call()>& prepared) {
        for (const auto which : {FailingAllocations::once, FailingAllocations::from_then_on}) {
            std::string said = "no memory";
            int first = 0;
            for (; said == "no memory"; first++)
                said = in_child([&] {
                    spare_driver();
                    return of_call(prepared(), first, which);
                });
            EXPECT_EQ(said, "") << "with allocation " << first;
            EXPECT_GT(first, 1);
        }
    }

    lcn::Queue queue{GetParam()};
    const Case c{{9, 6, 7, 5, 20, 3, 3, 1, 1, false, false}};
};

TEST_P(DeviceFaults, of_memory_are_said_when_a_device_is_opened) {
    expect_said([&] { return [&] { return lcn::synchronize(queue); }; });
}

TEST_P(DeviceFaults, of_memory_are_said_when_code_is_loaded) {
    Case whole = c;
    whole.bias = true;
    for (const Operation operation : operations)
        expect_said([&, operation] {
            const auto tensors = std::make_shared<DeviceTensors>(queue, whole);
            return [=] { return tensors->run(operation); };
        });
}

TEST_P(DeviceFaults, of_memory_are_none_of_calls_that_are_made_again) {
    EXPECT_EQ(in_child([&]() -> std::string {
                  spare_driver();
                  Case whole = c;
                  whole.bias = true;
                  const DeviceTensors tensors(queue, whole);
                  for (const Operation operation : operations) {
                      if (const lcn::Status first = tensors.run(operation); !first.ok()) return first.message;
                      const FailingAllocations failing(0, FailingAllocations::from_then_on);
                      const lcn::Status second = tensors.run(operation);
                      if (failing.failed() > 0 || !second.ok()) return "it allocates";
                  }
                  return "";
              }),
              "");
}

INSTANTIATE_TEST_SUITE_P(, DeviceFaults, testing::Values("cuda", "opencl"),
                         [](const testing::TestParamInfo<const char*>& info) { return info.param; });

}  // namespace

}  // namespace lcn_test
