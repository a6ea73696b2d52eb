// Three images through one layer with relu, by the kernels alone. The answer is compared with a plain loop.
#include <cstdio>
#include <vector>

#include "lcn/lcn.h"

int main() {
    lcn::Problem layer;  // images of 6 x 7 pixels, 3 channels; 10 filters of 3 x 2 taps
    layer.batch = 3;
    layer.input_rows = 6, layer.input_columns = 7, layer.channels = 3;
    layer.filters = 10, layer.kernel_rows = 3, layer.kernel_columns = 2;
    layer.activation.function = lcn::Function::relu;
    const int rows = 4, columns = 6, taps = 3 * 2 * 3, filters = 10;

    std::vector<float> input(3 * 6 * 7 * 3), kernel(rows * columns * taps * filters);
    std::vector<float> bias(rows * columns * filters), output(3 * rows * columns * filters);
    for (size_t i = 0; i < input.size(); i++) input[i] = float(i % 11) - 5;
    for (size_t i = 0; i < kernel.size(); i++) kernel[i] = float(i % 13) - 6;
    for (size_t i = 0; i < bias.size(); i++) bias[i] = float(i % 7);

    int64_t bytes = 0;
    lcn::Status status = lcn::workspace_bytes(layer, lcn::Operation::forward, bytes);
    std::vector<char> workspace(bytes);
    if (status.ok())
        status = lcn::forward(layer, input.data(), kernel.data(), bias.data(), output.data(), nullptr,
                              {workspace.data(), bytes});
    if (!status.ok()) return std::printf("%s\n", status.message), 1;

    for (int n = 0; n < 3; n++)
        for (int p = 0; p < rows * columns; p++)
            for (int f = 0; f < filters; f++) {
                float expected = bias[p * filters + f];
                for (int k = 0; k < taps; k++) {
                    const int row = p / columns + k / 6, column = p % columns + k / 3 % 2;
                    expected += input[((n * 6 + row) * 7 + column) * 3 + k % 3] *
                                kernel[(p * taps + k) * filters + f];
                }
                if (expected < 0) expected = 0;
                const float got = output[(n * rows * columns + p) * filters + f];
                if (got != expected)
                    return std::printf("image %d, position %d, filter %d: %g, not %g\n", n, p, f, got,
                                       expected),
                           1;
            }
    const char* target = nullptr;
    lcn::target(target);
    std::printf("lcn %s on %s: all %zu outputs right\n", lcn::version(), target, output.size());
}
