#include "built_in.h"

namespace lcn {

Status workspace_bytes(const Problem& problem, Operation operation, int64_t& bytes) {
    return workspace_bytes(built_in_kernels(), problem, operation, bytes);
}

}  // namespace lcn
