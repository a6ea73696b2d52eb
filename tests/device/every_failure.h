#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "lcn/lcn.h"
#include "standin/driver.h"

namespace lcn_test {

// Runs a call of lcn of which one call of the driver fails.
using Attempt = std::function<lcn::Status(const std::function<lcn::Status()>& call)>;

// Calls of the driver that fail may leave a status ok only where something is given back: that cannot be done
// twice. A block whose context could not be made current is left.
inline void expect_only_giving_back_failed(const std::vector<standin::Call>& calls, int code) {
    int taken = 0, given_back = 0;
    std::string failed;
    for (const standin::Call& call : calls) {
        taken += call.function == "cuMemAlloc_v2";
        given_back += call.function == "cuMemFree_v2";
        if (call.result == code) failed = call.function;
    }
    const bool of_giving_back = failed == "cuCtxPopCurrent_v2" || failed == "cuMemFree_v2";
    EXPECT_TRUE(of_giving_back || given_back + 1 == taken) << failed << " failed, and the status is ok";
}

// Runs body(attempt), where the first call of the driver fails with `code`, then the second one, and so on,
// until there are no more.
inline void for_every_failure(standin::Driver& driver, int code,
                              const std::function<void(const Attempt&)>& body) {
    bool failed = true;
    int which = 1;
    for (; failed && which < 1000; which++)
        body([&](const std::function<lcn::Status()>& call) {
            driver.take_calls();
            driver.fail("", which, code);
            const lcn::Status status = call();
            failed = driver.failed();
            driver.fail("", 0, 0);
            if (failed && status.ok()) expect_only_giving_back_failed(driver.take_calls(), code);
            EXPECT_TRUE(failed || status.ok()) << status.message;
            return status;
        });
    EXPECT_GT(which, 3);
    EXPECT_LT(which, 1000);
}

}  // namespace lcn_test
