#include "passes.h"

namespace lcn {

Status workspace_bytes(const KernelTable& table, const Problem& problem, Operation operation,
                       int64_t& bytes) {
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    switch (operation) {
        case Operation::forward:
            bytes = forward_workspace(g, kernels);
            return {};
        case Operation::backward_input:
            bytes = backward_input_workspace(g, kernels);
            return {};
        case Operation::backward_weights:
            bytes = backward_weights_workspace(g, kernels);
            return {};
    }
    return error(Code::invalid_argument, "operation has no such value: %d", int(operation));
}

}  // namespace lcn
