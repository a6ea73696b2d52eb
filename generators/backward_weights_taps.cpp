// backward_weights_taps: the gradient of the weights of few filters, of Q positions of one output row that
// share one valid window. The taps of a window row and their filters, contiguous in the result, run along
// vectors.
//
//   output[q, c, i, l, f] (+)= sum over image n of
//                              input[n, c, i, q * position_step + l] * output_gradient[n, q, f]
//
// A tile is `rows` vectors of lanes / filters taps. Needs as many taps as a tile has; the last tile of a row
// is moved back to end at the end, and what it shares with the one before is masked where it is added.
// `span`, `accumulate` and `single` are those of backward_weights.
#include "backward_weights_taps.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardWeightsTaps : public Halide::Generator<BackwardWeightsTaps> {
  public:
    GeneratorParam<int> filters{"filters", 1}, rows{"rows", 1}, lanes{"lanes", 4};
    GeneratorParam<bool> span{"span", false}, single{"single", false}, accumulate{"accumulate", false};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> input{"input"};                      // tap, window row, plane, image
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 4>> output{"output"};  // tap and filter, window row, plane, position

    void generate() {
        declare(fixed, input, output_gradient, output);
        const int group = filters;
        const Tile tile{1, rows, lanes / group, 1, 0, span};  // of taps
        const Halide::Expr taps = output.dim(0).extent() / group;
        const Halide::Expr tiles = tile.span ? Halide::Expr(1) : tile_count(taps, tile.vectors * tile.lanes);

        Halide::Var x("x"), f("filter"), lane("lane"), vector("vector"), tap_tile("tap_tile"),
            i("window_row"), c("plane"), q("position");
        Halide::RDom n(0, output_gradient.dim(2).extent(), "images");
        const Halide::Expr tap = vector_start(tap_tile, vector, tile, taps) + lane;
        auto product = [&](Halide::Expr image) {
            return input(q * position_step + tap, i, c, image) * output_gradient(f, q, image);
        };
        Halide::Func sum("sum");
        if (single) {
            sum(f, lane, vector, tap_tile, i, c, q) = product(0);
        } else {
            sum(f, lane, vector, tap_tile, i, c, q) = 0.0f;
            sum(f, lane, vector, tap_tile, i, c, q) += product(n);
        }

        Halide::RDom t(0, group, 0, tile.lanes, 0, tile.vectors, 0, tiles, 0, output.dim(1).extent(), 0,
                       output.dim(2).extent(), 0, output.dim(3).extent(), "window");
        const Halide::Expr to_tap = vector_start(t[3], t[2], tile, taps) + t[1];
        const Halide::Expr value = sum(t[0], t[1], t[2], t[3], t[4], t[5], t[6]);
        output(x, i, c, q) = Halide::undef<float>();
        if (accumulate)
            add_to(output(to_tap * group + t[0], t[4], t[5], t[6]),
                   Halide::select(to_tap >= new_from(t[3], t[2], tile), value, 0.0f));
        else
            output(to_tap * group + t[0], t[4], t[5], t[6]) = value;

        stages_ = {sum, output, f, lane, vector, n, t, !single};
    }

    void schedule() { schedules::backward_weights_taps(stages_); }

  private:
    BackwardWeightsTapsStages stages_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardWeightsTaps, backward_weights_taps)
