#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

// Expects action() to throw a std::runtime_error whose message is one line that contains `reason`.
template <typename Action>
void expect_reason(Action&& action, const std::string& reason) {
    try {
        action();
        FAIL() << "accepted, expected: " << reason;
    } catch (const std::runtime_error& e) {
        const std::string message = e.what();
        EXPECT_NE(message.find(reason), std::string::npos) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
}
