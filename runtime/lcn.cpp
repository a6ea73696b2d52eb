// The kernels that are built into the library, and the functions of lcn.h and kernels.h about them. This is
// the only object that refers to them: a program whose layers bring their own links none.
#include <iterator>

#include "built_in.h"
#include "generated_table.h"

namespace lcn {

KernelTable& built_in_kernels() {
    return generated_table;
}

Status set_target(const char* name) {
    return generated_table.force_target(name);
}

Status target(const char*& name) {
    return generated_table.target_name(name);
}

int target_count() {
    return generated_table.target_count();
}
TargetInfo target_info(int index) {
    return generated_table.target_info(index);
}
const char* target_name(int index) {
    return generated_table.target(index).name;
}
const char* target_cpu_features(int index) {
    return generated_table.target(index).cpu_features;
}
Status target_status(int index) {
    return generated_table.target(index).usable();
}
bool cpu_supports(const char* feature) {
    if (!feature) return false;
    for (size_t k = 0; k < std::size(cpu_feature_names); k++)
        if (cpu_feature_names[k] == feature) return machine_features() >> k & 1;
    return false;
}
int kernel_count() {
    return generated_table.kernel_count();
}
KernelInfo kernel_info(int index) {
    return generated_table.kernel_info(index);
}

void forget_kernels_ran() {
    generated_table.forget_ran();
}

Status prefer_kernel(const char* symbol) {
    return generated_table.prefer(symbol);
}

const char* version() {
    return LCN_VERSION;
}

}  // namespace lcn
