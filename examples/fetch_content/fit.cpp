// Fits the weights of one position to answers that known weights gave, by gradient descent.
#include <cmath>
#include <cstdio>
#include <vector>

#include "lcn/lcn.h"

int main() {
    const int images = 16, taps = 9;
    lcn::Problem layer;  // images of 3 x 3 pixels, 1 channel; 1 filter of 3 x 3 taps: 1 position
    layer.batch = images;
    layer.input_rows = 3, layer.input_columns = 3, layer.channels = 1;
    layer.filters = 1, layer.kernel_rows = 3, layer.kernel_columns = 3;

    std::vector<float> input(images * taps), wanted(images), output(images), error(images);
    std::vector<float> kernel(taps), kernel_gradient(taps);
    for (size_t i = 0; i < input.size(); i++) input[i] = float(i * i % 31) / 15 - 1;
    for (int n = 0; n < images; n++)
        for (int k = 0; k < taps; k++) wanted[n] += input[n * taps + k] * float(k - 4);

    int64_t forward_bytes = 0, backward_bytes = 0;
    lcn::Status status = lcn::workspace_bytes(layer, lcn::Operation::forward, forward_bytes);
    if (status.ok()) status = lcn::workspace_bytes(layer, lcn::Operation::backward_weights, backward_bytes);
    std::vector<char> memory(forward_bytes > backward_bytes ? forward_bytes : backward_bytes);
    const lcn::Workspace workspace = {memory.data(), int64_t(memory.size())};

    for (int step = 0; status.ok() && step < 2000; step++) {
        status = lcn::forward(layer, input.data(), kernel.data(), nullptr, output.data(), nullptr, workspace);
        for (int n = 0; n < images; n++) error[n] = output[n] - wanted[n];
        if (status.ok())
            status = lcn::backward_weights(layer, input.data(), error.data(), kernel_gradient.data(), nullptr,
                                           lcn::Update::overwrite, workspace);
        for (int k = 0; k < taps; k++) kernel[k] -= 0.05f * kernel_gradient[k];
    }
    if (!status.ok()) return std::puts(status.message), 1;
    for (int k = 0; k < taps; k++)
        if (std::fabs(kernel[k] - float(k - 4)) > 1e-2f)
            return std::printf("weight %d: %g, not %d\n", k, kernel[k], k - 4), 1;
    std::puts("all weights found");
}
