#pragma once

#include "passes.h"

namespace lcn {

// The table of the kernels that are built into the library. The functions of lcn.h that use it lie in one
// source each, so that a program links the passes that it calls and no other.
KernelTable& built_in_kernels();

}  // namespace lcn
