// forward, as one writes it in Halide:
//
//   output[n, r, q, f] = sum over i, j, c of input[n, r * SH - PH + i, q * SW - PW + j, c] * weights[r, q, i,
//   j, c, f]
#include "layer.h"

namespace bench::autoscheduled {

class Forward : public Layer<Forward> {
  public:
    Input<Buffer<float, 4>> input{"input"};
    Input<Buffer<float, 6>> weights{"weights"};
    Output<Buffer<float, 4>> output{"output"};

    void generate() {
        const Shape& s = layer();
        declare_input(input);
        declare_weights(weights);
        const Halide::RDom k(0, s.channels, 0, s.kernel_columns, 0, s.kernel_rows, "k");
        const Halide::Expr y = output_row * s.stride_rows - pad_rows() + k.z;
        const Halide::Expr x = output_column * s.stride_columns - pad_columns() + k.y;
        define(output, {filter, output_column, output_row, image},
               padded(input)(k.x, x, y, image) * weights(filter, k.x, k.y, k.z, output_column, output_row));
        declare_output(output);
    }
};

}  // namespace bench::autoscheduled

HALIDE_REGISTER_GENERATOR(bench::autoscheduled::Forward, forward)
