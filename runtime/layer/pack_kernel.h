#pragma once

#include "kernel_layout.h"

namespace lcn::layer {

// Copies a kernel in Keras's layout into `packed`. What lies in no window is left out.
inline void pack_kernel(const KernelLayout& layout, const float* keras, float* packed) {
    std::fill_n(packed, layout.packed_count(), 0.0f);
    const auto copy = [&](const Run<float>& run) {
        if (run.first)
            for (int64_t k = 0; k < run.count; k++) run.first[k * run.stride] = keras[k];
        keras += run.count;
    };
    for_each_run<float>(layout, packed, nullptr, copy);
}

}  // namespace lcn::layer
