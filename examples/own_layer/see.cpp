// One image through the layer of CMakeLists.txt. The answer is compared with a plain loop.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "edges.h"

int main() {
    std::vector<float> input(edges_input_size), kernel(edges_kernel_size), bias(edges_bias_size);
    std::vector<float> output(edges_output_size);
    for (size_t i = 0; i < input.size(); i++) input[i] = float(i % 11) - 5;
    for (size_t i = 0; i < kernel.size(); i++) kernel[i] = float(i % 13) - 6;
    for (size_t i = 0; i < bias.size(); i++) bias[i] = float(i % 7);

    int64_t bytes = 0;
    lcn::Status status = edges_workspace_bytes(1, bytes);
    std::vector<char> workspace(bytes);
    if (status.ok())
        status = edges(1, input.data(), kernel.data(), bias.data(), output.data(), {workspace.data(), bytes});
    if (!status.ok()) return std::puts(status.message), 1;

    const int taps = 3 * 2 * 3;
    for (int p = 0; p < edges_output_rows * edges_output_columns; p++)
        for (int f = 0; f < edges_filters; f++) {
            float expected = bias[p * edges_filters + f];
            for (int k = 0; k < taps; k++) {
                const int64_t row = p / edges_output_columns + k / 6;
                const int64_t column = p % edges_output_columns + k / 3 % 2;
                expected += input[(row * edges_input_columns + column) * edges_channels + k % 3] *
                            kernel[(p * taps + k) * edges_filters + f];
            }
            expected = std::max(expected, 0.0f);
            const float got = output[p * edges_filters + f];
            if (got != expected)
                return std::printf("position %d, filter %d: %g, not %g\n", p, f, got, expected), 1;
        }
    const char* target = nullptr;
    edges_target(target);
    std::printf("%d kernels, on %s: all %zu outputs right\n", edges_kernel_count(), target, output.size());
}
