// What is built into the library: every target and every kernel, for tools, tests and benchmarks.
#ifndef LCN_KERNELS_H
#define LCN_KERNELS_H

#include "lcn/lcn.h"

namespace lcn {

// The targets: devices, then the best first. An index is at least 0 and less than the count.
LCN_API int target_count();
struct TargetInfo {
    const char* name;
    const char* cpu_features;  // that the machine must have, separated by spaces; named as in /proc/cpuinfo
    bool usable;               // this machine can run it
    bool device;               // a GPU, and used only when it is asked for
};
LCN_API TargetInfo target_info(int index);
// Alone, for target_info() opens the drivers of devices.
LCN_API const char* target_name(int index);
LCN_API const char* target_cpu_features(int index);
// Ok, or why this machine cannot run the target.
LCN_API Status target_status(int index);
// False for names that no target of this architecture asks for.
LCN_API bool cpu_supports(const char* feature);

// The kernels, grouped by target.
LCN_API int kernel_count();
struct KernelInfo {
    const char*
        symbol;  // the name Halide gave it, lcn_<operation>_<types>_<target> and the words of its tile
    const char* operation;  // the generator's operation
    const char* target;
    bool ran;  // some call has run it since the last forget_kernels_ran()
};
LCN_API KernelInfo kernel_info(int index);
LCN_API void forget_kernels_ran();

// Makes calls choose the kernel of this symbol wherever it accepts the problem; null or "": the usual choice.
// For tests and tuning.
LCN_API Status prefer_kernel(const char* symbol);

}  // namespace lcn

#endif
