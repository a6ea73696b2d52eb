#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "standin_test.h"

namespace lcn_test {

// A call of lcn of which one call of the driver failed.
struct Attempt {
    lcn::Status status;
    std::string failed;  // the function of the driver; "": there were fewer calls
    Calls calls;
};
using Try = std::function<Attempt(const std::function<lcn::Status()>& call)>;

// Runs body(attempt), which tries one call, where the first call of the driver fails with `code`, then the
// second one, and so on, until there are no more.
inline void for_every_failure(standin::Driver& driver, int code,
                              const std::function<void(const Try&)>& body) {
    bool failed = true;
    int which = 1;
    for (; failed && which < 1000; which++)
        body([&](const std::function<lcn::Status()>& call) {
            driver.take_calls();
            driver.fail("", which, code);
            Attempt attempt{call(), "", driver.take_calls()};
            failed = driver.failed();
            driver.fail("", 0, 0);
            for (const standin::Call& c : attempt.calls)
                if (c.result == code) attempt.failed = c.function;
            EXPECT_TRUE(failed || attempt.status.ok()) << attempt.status.message;
            return attempt;
        });
    EXPECT_GT(which, 2);
    EXPECT_LT(which, 1000);
}

// A failing function of the driver is named, and its error in the driver's words and number.
inline void expect_unknown_error(const Attempt& attempt) {
    const std::string message = attempt.status.message;
    EXPECT_EQ(attempt.status.code, lcn::Code::device_failed) << attempt.failed << " failed: " << message;
    EXPECT_EQ(message, attempt.failed + ": unknown error (999)");
}

}  // namespace lcn_test
