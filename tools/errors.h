#pragma once

#include <stdexcept>
#include <string>

#include "lcn/lcn.h"

namespace lcn::tool {

// A command line or a layer configuration that the tool does not accept: exit code 2. Every other exception
// is work that failed: exit code 1.
struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Names of files and layers may hold line breaks and what terminals obey.
inline std::string printable(std::string text) {
    for (char& character : text)
        if (static_cast<unsigned char>(character) < ' ' || character == '\x7f') character = '?';
    return text;
}

inline void check(const Status& status) {
    if (status.code == Code::unknown_target) throw Refused(status.message);
    if (!status.ok()) throw std::runtime_error(status.message);
}

}  // namespace lcn::tool
