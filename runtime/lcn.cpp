// lcn.h and kernels.h: the functions on the table of the kernels that are built into the library. This is the
// only object that refers to them: a program that never calls it links none of them.
#include <iterator>

#include "generated_table.h"
#include "passes.h"

namespace lcn {

Status workspace_bytes(const Problem& problem, Operation operation, int64_t& bytes) {
    return workspace_bytes(generated_table, problem, operation, bytes);
}

Status forward(const Problem& problem, const float* input, const float* kernel, const float* bias,
               float* output, float* before_activation, Workspace workspace) {
    return forward(generated_table, problem, input, kernel, bias, output, before_activation, workspace);
}

Status backward_input(const Problem& problem, const float* output_gradient, const float* kernel,
                      float* input_gradient, Workspace workspace) {
    return backward_input(generated_table, problem, output_gradient, kernel, input_gradient, workspace);
}

Status backward_weights(const Problem& problem, const float* input, const float* output_gradient,
                        float* kernel_gradient, float* bias_gradient, Update update, Workspace workspace) {
    return backward_weights(generated_table, problem, input, output_gradient, kernel_gradient, bias_gradient,
                            update, workspace);
}

Status activation_gradient(const Activation& activation, int64_t count, const float* before_activation,
                           const float* output_gradient, float* before_gradient) {
    return activation_gradient(generated_table, activation, count, before_activation, output_gradient,
                               before_gradient);
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
bool cpu_supports(const char* feature) {
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
