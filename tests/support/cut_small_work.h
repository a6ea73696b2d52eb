#pragma once

#include "../../runtime/parallel.h"

namespace lcn_test {

// In programs that include this, calls use all threads however little they do, so that tests cut small
// problems as calls cut large ones.
inline const bool small_work_is_cut = (lcn::least_nanoseconds = 0, true);

}  // namespace lcn_test
