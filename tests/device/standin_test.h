// Tests of how lcn uses NVIDIA's driver, with the stand-in in its place.
#pragma once

#include <gtest/gtest.h>

#include "device_tensors.h"
#include "standin/driver.h"

namespace lcn_test {

// The stand-in, when it is what a program finds that looks for the driver; else null.
standin::Driver* find_standin();

// A test begins with devices 0 and 1 open, and without a context in its thread. At its end there must have
// been no misuse, the thread must have the contexts that the test gave it, and no memory may be left.
class StandinTest : public testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    // Makes `contexts` those of the thread, which lcn must leave alone.
    void set_stack(const std::vector<standin::Handle>& contexts);
    void expect_clean() const;

    // A stream of the device in a context of its own, in which nothing was loaded yet.
    lcn::Queue fresh_queue(int device = 0) const;

    standin::Driver* driver = nullptr;

  private:
    std::vector<standin::Handle> stack_;
};

using Calls = std::vector<standin::Call>;

// The calls of one function.
Calls calls_of(const Calls& calls, const std::string& function);
inline Calls launches(const Calls& calls) {
    return calls_of(calls, "cuLaunchKernel");
}

// Whether a call asks for contexts, or makes one current: that waits for nothing and does nothing on a
// device.
bool is_of_contexts(const standin::Call& call);

// All passes, with everything they may need: bias, activation, before_activation.
Case whole_case();

}  // namespace lcn_test
