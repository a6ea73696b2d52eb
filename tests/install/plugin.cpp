// A plugin whose one function runs a layer on four threads.
#include <cstddef>
#include <vector>

#include "lcn/lcn.h"

extern "C" int run_plugin() {
    lcn::Problem p;
    p.batch = 3, p.input_rows = 20, p.input_columns = 20, p.channels = 3, p.filters = 64, p.kernel_rows = 3,
    p.kernel_columns = 3;
    std::vector<float> input(3 * 20 * 20 * 3, 1.0f), kernel(18 * 18 * 27 * 64, 1.0f),
        output(3 * 18 * 18 * 64);
    int64_t bytes = 0;
    if (!lcn::set_threads(4).ok() || !lcn::workspace_bytes(p, lcn::Operation::forward, bytes).ok()) return 1;
    std::vector<float> workspace(std::size_t(bytes) / 4 + 1);
    if (!lcn::forward(p, input.data(), kernel.data(), nullptr, output.data(), nullptr,
                      {workspace.data(), bytes})
             .ok())
        return 2;
    for (const float value : output)
        if (value != 27.0f) return 3;
    return 0;
}
