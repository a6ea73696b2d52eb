// Statuses of lcn as exceptions.
#pragma once

#include <lcn/lcn.h>

#include <stdexcept>

namespace digits {

inline void check(const lcn::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.message);
}

}  // namespace digits
