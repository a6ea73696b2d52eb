#pragma once

#include <cstdarg>
#include <cstdio>

#include "lcn/lcn.h"

namespace lcn {

// A status with a printf-style message.
__attribute__((format(printf, 2, 3))) inline Status error(Code code, const char* format, ...) {
    Status status;
    status.code = code;
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(status.message, sizeof status.message, format, arguments);
    va_end(arguments);
    return status;
}

}  // namespace lcn

#define LCN_RETURN_IF_ERROR(expression)                        \
    do {                                                       \
        if (::lcn::Status s = (expression); !s.ok()) return s; \
    } while (false)
