#include "passes.h"
#include "status.h"
#include "targets.h"

namespace lcn {

Status workspace_bytes(const Problem& problem, Operation operation, int64_t& bytes) {
    Geometry g;
    int target = 0;
    LCN_RETURN_IF_ERROR(active_target(target));
    LCN_RETURN_IF_ERROR(check(problem, g));
    switch (operation) {
        case Operation::forward:
            bytes = forward_workspace(g, target);
            return {};
        case Operation::backward_input:
            bytes = backward_input_workspace(g, target);
            return {};
        case Operation::backward_weights:
            bytes = backward_weights_workspace(g, target);
            return {};
    }
    return error(Code::invalid_argument, "operation has no such value: %d", int(operation));
}

}  // namespace lcn
