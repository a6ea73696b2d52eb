// backward_weights, as one writes it in Halide:
//
//   weights_gradient[r, q, i, j, c, f] =
//       sum over n of input[n, r * SH - PH + i, q * SW - PW + j, c] * output_gradient[n, r, q, f]
#include "layer.h"

namespace bench::autoscheduled {

class BackwardWeights : public Layer<BackwardWeights> {
  public:
    Input<Buffer<float, 4>> input{"input"};
    Input<Buffer<float, 4>> output_gradient{"output_gradient"};
    Output<Buffer<float, 6>> weights_gradient{"weights_gradient"};

    void generate() {
        const Shape& s = layer();
        declare_input(input);
        declare_output(output_gradient);
        const Halide::RDom n(0, batch, "n");
        const Halide::Expr y = output_row * s.stride_rows - pad_rows() + kernel_row;
        const Halide::Expr x = output_column * s.stride_columns - pad_columns() + kernel_column;
        define(weights_gradient, {filter, channel, kernel_column, kernel_row, output_column, output_row},
               padded(input)(channel, x, y, n) * output_gradient(filter, output_column, output_row, n));
        declare_weights(weights_gradient);
    }
};

}  // namespace bench::autoscheduled

HALIDE_REGISTER_GENERATOR(bench::autoscheduled::BackwardWeights, backward_weights)
