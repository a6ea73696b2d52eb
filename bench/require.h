#pragma once

#include <stdexcept>

#include "lcn/lcn.h"

namespace bench {

inline void require(const lcn::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.message);
}

}  // namespace bench
