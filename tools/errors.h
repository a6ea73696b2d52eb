#pragma once

#include <algorithm>
#include <bit>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lcn/lcn.h"

namespace lcn::tool {

// A command line or a layer configuration that the tool does not accept: exit code 2. Every other exception
// is work that failed: exit code 1.
struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The bytes of the UTF-8 character that the text begins with, and its code; 0 when there is none.
inline size_t decode_utf8(std::string_view text, char32_t& code) {
    static constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};  // of so many bytes
    const auto lead = static_cast<unsigned char>(text.front());
    const auto ones = static_cast<size_t>(std::countl_one(lead)), bytes = ones == 0 ? 1 : ones;
    if (ones == 1 || bytes > 4 || bytes > text.size()) return 0;
    code = lead & (0xffu >> ones);
    for (const char next : text.substr(1, bytes - 1)) {
        if ((next & 0xc0) != 0x80) return 0;
        code = code << 6 | (next & 0x3f);
    }
    const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < least[bytes] || code > 0x10ffff || is_surrogate ? 0 : bytes;
}

// Controls, ends of lines and paragraphs, and what turns the direction of text.
inline bool is_obeyed(char32_t code) {
    static constexpr char32_t ranges[][2] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},
                                             {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const auto& range) { return code >= range[0] && code <= range[1]; });
}

// Names of files and layers may hold line breaks, what terminals obey, and bytes that are no text: each
// becomes '?'.
inline std::string printable(std::string_view text) {
    std::string line;
    while (!text.empty()) {
        char32_t code = 0;
        const size_t bytes = decode_utf8(text, code);
        if (bytes == 0 || is_obeyed(code))
            line += '?';
        else
            line += text.substr(0, bytes);
        text.remove_prefix(std::max<size_t>(bytes, 1));
    }
    return line;
}

inline void check(const Status& status) {
    if (status.code == Code::unknown_target) throw Refused(status.message);
    if (!status.ok()) throw std::runtime_error(status.message);
}

}  // namespace lcn::tool
