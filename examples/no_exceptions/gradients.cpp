// All passes of a layer, on arrays that the program owns: no allocation, no exceptions. Gradients are sums of
// small integers, so what they must add up to is known: <output_gradient, output> is the same as
// <input_gradient, input> and as <kernel_gradient, kernel>.
#include <cstdio>

#include "lcn/lcn.h"

namespace {

constexpr int images = 2, inputs = 5 * 5 * 4, positions = 4 * 4, taps = 2 * 2 * 4, filters = 16;
float input[images * inputs], input_gradient[images * inputs];
float kernel[positions * taps * filters], kernel_gradient[positions * taps * filters];
float output[images * positions * filters], output_gradient[images * positions * filters];
alignas(64) char memory[1 << 20];

template <int N>
void fill(float (&values)[N], int period) {
    for (int i = 0; i < N; i++) values[i] = float(i % period - period / 2);
}

template <int N>
double dot(const float (&a)[N], const float (&b)[N]) {
    double sum = 0;
    for (int i = 0; i < N; i++) sum += double(a[i]) * double(b[i]);
    return sum;
}

int fail(const lcn::Status& status) {
    std::printf("failed: %s\n", status.message);
    return 1;
}

}  // namespace

int main() {
    lcn::Problem layer;  // images of 5 x 5 pixels, 4 channels; 16 filters of 2 x 2 taps
    layer.batch = images;
    layer.input_rows = 5, layer.input_columns = 5, layer.channels = 4;
    layer.filters = filters, layer.kernel_rows = 2, layer.kernel_columns = 2;
    const lcn::Workspace workspace = {memory, sizeof memory};
    if (lcn::Status s = lcn::set_threads(1); !s.ok()) return fail(s);

    fill(input, 7), fill(kernel, 5), fill(output_gradient, 9);
    if (lcn::Status s = lcn::forward(layer, input, kernel, nullptr, output, nullptr, workspace); !s.ok())
        return fail(s);
    if (lcn::Status s = lcn::backward_input(layer, output_gradient, kernel, input_gradient, workspace);
        !s.ok())
        return fail(s);
    if (lcn::Status s = lcn::backward_weights(layer, input, output_gradient, kernel_gradient, nullptr,
                                              lcn::Update::overwrite, workspace);
        !s.ok())
        return fail(s);

    const double by_output = dot(output_gradient, output), by_input = dot(input_gradient, input);
    const double by_kernel = dot(kernel_gradient, kernel);
    std::printf("%.0f = %.0f = %.0f\n", by_output, by_input, by_kernel);
    if (by_output == 0 || by_output != by_input || by_output != by_kernel) return 1;

    // An error is a value too.
    const lcn::Status refused = lcn::forward(layer, nullptr, kernel, nullptr, output, nullptr, workspace);
    std::printf("%s\n", refused.message);
    return refused.code == lcn::Code::null_pointer ? 0 : 1;
}
