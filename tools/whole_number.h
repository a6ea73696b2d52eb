#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <string>

namespace lcn::tool {

// For Option::transform(): digits alone, in which 010 is ten; CLI11 would read octal and hexadecimal numbers
// too.
inline CLI::Validator whole_number(int64_t least, int64_t most) {
    const std::string range = std::to_string(least) + " to " + std::to_string(most);
    return CLI::Validator(
        [=](std::string& text) {
            int64_t number = 0;
            const char* const end = text.data() + text.size();
            const auto [stopped, error] = std::from_chars(text.data(), end, number);
            if (error != std::errc() || stopped != end || number < least || number > most)
                return "Value " + text + " is not a whole number from " + range;
            text = std::to_string(number);
            return std::string();
        },
        range);
}

}  // namespace lcn::tool
