#include "copy.h"

#include "lcn/lcn.h"

const char* NAME(const char* target, const float* input, const float* kernel, float* output) {
    lcn::Problem layer;
    layer.input_rows = 3, layer.input_columns = 4, layer.channels = 1;
    layer.filters = 1, layer.kernel_rows = 2, layer.kernel_columns = 2;
    const char* name = nullptr;
    if (!lcn::set_target(target).ok() || !lcn::target(name).ok()) return nullptr;
    return lcn::forward(layer, input, kernel, nullptr, output, nullptr, {}).ok() ? name : nullptr;
}
