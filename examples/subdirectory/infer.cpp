// One image through one layer. Its inputs are ones, so that an output is the sum of its weights.
#include <cstdio>
#include <vector>

#include "lcn/lcn.h"

int main() {
    lcn::Problem
        layer;  // an image of 3 x 4 pixels, 1 channel; 2 filters of 2 x 2 taps at each of 2 x 3 positions
    layer.input_rows = 3, layer.input_columns = 4, layer.channels = 1;
    layer.filters = 2, layer.kernel_rows = 2, layer.kernel_columns = 2;
    std::vector<float> input(3 * 4 * 1, 1.0f), kernel(2 * 3 * 2 * 2 * 1 * 2), output(2 * 3 * 2);
    for (size_t i = 0; i < kernel.size(); i++) kernel[i] = float(i);
    const lcn::Status status =
        lcn::forward(layer, input.data(), kernel.data(), nullptr, output.data(), nullptr, {});
    if (!status.ok()) return std::puts(status.message), 1;

    const float expected[] = {12, 16, 44, 48, 76, 80, 108, 112, 140, 144, 172, 176};
    for (size_t i = 0; i < output.size(); i++)
        if (output[i] != expected[i])
            return std::printf("output %zu: %g, not %g\n", i, output[i], expected[i]), 1;
    std::puts("all outputs right");
}
