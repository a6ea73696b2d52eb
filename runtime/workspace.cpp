#include "passes.h"

namespace lcn {

Status workspace_bytes(const KernelTable& table, const Problem& problem, Operation operation,
                       int64_t& bytes) {
    using Bytes = int64_t (*)(const Geometry&, const Kernels&);
    struct Row {
        KernelOperation kernels;
        Bytes bytes;
    };
    static constexpr Row rows[] = {{KernelOperation::forward, forward_workspace},
                                   {KernelOperation::backward_input_dot, backward_input_workspace},
                                   {KernelOperation::backward_weights, backward_weights_workspace}};
    if (operation < Operation::forward || operation > Operation::backward_weights)
        return error(Code::invalid_argument, "operation has no such value: %d", int(operation));
    const Row& row = rows[int(operation)];
    Geometry g;
    Kernels kernels;
    LCN_RETURN_IF_ERROR(active_kernels(table, row.kernels, kernels));
    LCN_RETURN_IF_ERROR(check(problem, g));
    bytes = 0;
    if (kernels.device()) return {};
    tune(kernels, g, operation);
    // Enough whatever tuning there is when the pass is called: it then takes no more than it has.
    bytes = row.bytes(g, kernels);
    if (kernels.wanted.tuned) bytes = std::max(bytes, row.bytes(g, untuned(kernels)));
    return {};
}

}  // namespace lcn
