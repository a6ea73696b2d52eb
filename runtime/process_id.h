#pragma once

#if defined(_WIN32)
#include <process.h>
#else
#include <unistd.h>
#endif

namespace lcn {

inline int this_process() {
#if defined(_WIN32)
    return _getpid();
#else
    return int(getpid());
#endif
}

}  // namespace lcn
