// A layer that learns to add up its window: trained by gradient descent until the error is small.
#include "lcn/layer.h"

#include <cmath>
#include <cstdio>

int main() {
    lcn::LocallyConnected2D layer({1, {2, 2}});  // filters, kernel_size, ... as in Keras
    lcn::Tensor images = {{8, 4, 4, 1}, std::vector<float>(8 * 4 * 4)};
    for (size_t i = 0; i < images.values.size(); i++)
        images.values[i] = float(std::sin(1.0 + 7.0 * double(i)));

    lcn::Tensor output = layer(images);  // builds the layer: (8, 3, 3, 1)
    float error = 0;
    for (int step = 0; step < 1000; step++) {
        output = layer(images);
        lcn::Tensor gradient = output;
        error = 0;
        for (int n = 0; n < 8; n++)
            for (int r = 0; r < 3; r++)
                for (int q = 0; q < 3; q++) {
                    const float* window = &images.values[(n * 4 + r) * 4 + q];
                    const size_t i = (n * 3 + r) * 3 + q;
                    const float wanted = window[0] + window[1] + window[4] + window[5];
                    gradient.values[i] = (output.values[i] - wanted) / 8;
                    error = std::fmax(error, std::fabs(output.values[i] - wanted));
                }
        layer.backward(8, images.values.data(), nullptr, gradient.values.data(), nullptr);
        layer.update([](const lcn::Parameter& p) {
            for (int64_t i = 0; i < p.count; i++) p.values[i] -= 0.5f * p.gradient[i];
        });
    }
    std::printf("%lld parameters, error %.5f\n", (long long)layer.count_params(), error);
    return layer.count_params() == 3 * 3 * (4 + 1) && error < 1e-2f ? 0 : 1;
}
