// backward_input_taps: adds to the gradient of the input what Q positions of one output row with few filters
// contribute. The taps of a window row, contiguous in the gradient of the input, run along vectors.
//
//   input_gradient[n, c, i, q * position_step + l] += sum over filter f of
//                                                     weights[q, c, i, l, f] * output_gradient[n, q, f]
//
// Needs taps >= lanes. The last vector of a row is moved back to end at the end; what it shares with the one
// before is masked, for it must be added once.
#include "backward_input_taps.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardInputTaps : public Halide::Generator<BackwardInputTaps> {
  public:
    GeneratorParam<int> filters{"filters", 1}, lanes{"lanes", 4};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<Buffer<float, 4>> weights{"weights"};  // tap and filter, window row, plane, position
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 4>> input_gradient{"input_gradient"};  // tap, window row, plane, image

    void generate() {
        declare(fixed, output_gradient, weights, input_gradient);
        const int width = lanes, group = filters;
        const Halide::Expr taps = weights.dim(0).extent() / group;

        Halide::Var x("x"), i("window_row"), c("plane"), n("image"), q("position"), lane("lane"),
            vector("vector");
        // The first product is rounded, the others are fused with their additions: the order of
        // backward_input_dot.
        Halide::Func sum("sum");
        const Halide::Expr tap = likely_tile_start(vector, width, taps) + lane;
        sum(lane, vector, i, c, q, n) =
            Halide::strict_float(weights(tap * group, i, c, q) * output_gradient(0, q, n));
        for (int f = 1; f < group; f++)
            sum(lane, vector, i, c, q, n) += weights(tap * group + f, i, c, q) * output_gradient(f, q, n);

        Halide::RDom t(0, width, 0, tile_count(taps, width), 0, weights.dim(1).extent(), 0,
                       weights.dim(2).extent(), 0, weights.dim(3).extent(), 0, input_gradient.dim(3).extent(),
                       "window");
        const Halide::Expr l = likely_tile_start(t[1], width, taps) + t[0];
        const Halide::Expr value = sum(t[0], t[1], t[2], t[3], t[4], t[5]);
        input_gradient(x, i, c, n) = Halide::undef<float>();
        add_to(input_gradient(t[4] * position_step + l, t[2], t[3], t[5]),
               masked(t[0], t[1], width, taps, value));

        stages_ = {sum, input_gradient, lane, t};
    }

    void schedule() { schedules::backward_input_taps(stages_); }

  private:
    BackwardInputTapsStages stages_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputTaps, backward_input_taps)
