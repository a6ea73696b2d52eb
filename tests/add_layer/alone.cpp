// Calls one layer and nothing else of lcn.
#include <cstdio>
#include <vector>

#include "long_windows.h"

int main() {
    const std::vector<float> input(long_windows_input_size, 1.0f), kernel(long_windows_kernel_size, 0.5f);
    const std::vector<float> bias(long_windows_bias_size, 2.0f);
    std::vector<float> output(long_windows_output_size);
    int64_t bytes = 0;
    lcn::Status status = long_windows_workspace_bytes(1, bytes);
    std::vector<float> memory(static_cast<size_t>(bytes / 4));
    if (status.ok())
        status =
            long_windows(1, input.data(), kernel.data(), bias.data(), output.data(), {memory.data(), bytes});
    for (const float value : output)
        if (value != 2.0f + 0.5f * 3 * 3 * 300) return std::printf("%g\n", double(value)), 1;
    return status.ok() ? 0 : (std::puts(status.message), 1);
}
