#pragma once

#include <cstdarg>
#include <cstdio>

#include "lcn/lcn.h"

namespace lcn {

#if defined(__GNUC__)
#define LCN_PRINTF(message, arguments) __attribute__((format(printf, message, arguments)))
#else
#define LCN_PRINTF(message, arguments)
#endif

// A status with a printf-style message.
LCN_PRINTF(2, 3) inline Status error(Code code, const char* format, ...) {
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
