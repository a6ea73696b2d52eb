#pragma once

#include "call.h"

namespace lcn {

// Runs a pass under the tuning that applies to it, if any; under none where that wants more workspace than
// the caller has, who asked under another tuning: what the usual choice needs is always there.
template <typename Pass, typename Arguments>
Status run_pass(const Geometry& g, Kernels& kernels, const Arguments& arguments, Workspace workspace) {
    for (;; kernels.wanted = {}) {
        const Pass pass(g, kernels);
        Slots slots = pass.slots();
        if (kernels.wanted.tuned && slots.bytes() > workspace.bytes) continue;
        LCN_RETURN_IF_ERROR(slots.bind(workspace));
        pass.run(arguments, slots);
        return {};
    }
}

}  // namespace lcn
