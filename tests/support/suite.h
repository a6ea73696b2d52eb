// The layers of real models that lcn is meant for, by the names its benchmarks use.
#pragma once

#include <vector>

#include "../reference.h"

namespace lcn_test {

struct SuiteShape {
    const char* id;
    int64_t rows, columns, channels, kernel_rows, kernel_columns, stride_rows, stride_columns;
    bool same;
    int64_t filters;
    std::vector<int64_t> batches;

    reference::Layer layer(int64_t batch) const;
    // With few positions, borders among them, and everything else as it is.
    reference::Layer small_layer(int64_t batch) const;
};

const std::vector<SuiteShape>& suite_shapes();

}  // namespace lcn_test
