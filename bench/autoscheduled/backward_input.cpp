// backward_input, as one writes it in Halide: each pixel gathers from the windows that it lies in,
//
//   input_gradient[n, y, x, c] =
//       sum over i, j, f with r * SH = y + PH - i and q * SW = x + PW - j of
//       output_gradient[n, r, q, f] * weights[r, q, i, j, c, f]
//
// The predicate of the RDom keeps the sum inside the output; bounds inference does not see it, so the
// indices are clamped too. The other form, a scatter from every window, can be split by nothing but channels
// and images.
#include "layer.h"

namespace bench::autoscheduled {

class BackwardInput : public Layer<BackwardInput> {
  public:
    Input<Buffer<float, 4>> output_gradient{"output_gradient"};
    Input<Buffer<float, 6>> weights{"weights"};
    Output<Buffer<float, 4>> input_gradient{"input_gradient"};

    void generate() {
        const Shape& s = layer();
        declare_output(output_gradient);
        declare_weights(weights);
        Halide::RDom k(0, s.filters, 0, s.kernel_columns, 0, s.kernel_rows, "k");
        const Halide::Expr r = only_inside(k, row + pad_rows() - k.z, s.stride_rows, output_rows());
        const Halide::Expr q =
            only_inside(k, column + pad_columns() - k.y, s.stride_columns, output_columns());
        define(input_gradient, {channel, column, row, image},
               output_gradient(k.x, q, r, image) * weights(k.x, channel, k.y, k.z, q, r));
        declare_input(input_gradient);
    }

  private:
    // The output's coordinate `offset / stride`, and the sum only where there is one.
    static Halide::Expr only_inside(Halide::RDom& k, const Halide::Expr& offset, int stride, int extent) {
        k.where(offset >= 0 && offset < extent * stride);
        if (stride > 1) k.where(offset % stride == 0);
        return Halide::clamp(offset / stride, 0, extent - 1);
    }
};

}  // namespace bench::autoscheduled

HALIDE_REGISTER_GENERATOR(bench::autoscheduled::BackwardInput, backward_input)
