#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

// Expects action() to throw an Error whose message is one line that contains `reason`.
template <typename Error, typename Action>
void expect_error(Action&& action, const std::string& reason) {
    try {
        action();
        ADD_FAILURE() << "accepted, expected: " << reason;
    } catch (const Error& e) {
        const std::string message = e.what();
        EXPECT_NE(message.find(reason), std::string::npos) << message << "\nexpected: " << reason;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
}
