// backward_weights: the gradient of the weights of Q positions of one output row that share one valid window.
//
//   output[q, c, i, l, f] (+)= sum over image n of
//                              input[n, c, i, q * position_step + l] * output_gradient[n, q, f]
//
// `accumulate` adds the sum to the output; what a tile shares with the one before is masked, for it must be
// added once. `single` is the kernel for one image: a product, no sum. The gradient of the bias is the same
// kernel with one tap whose input is the constant 1.
#include "backward_weights.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardWeights : public Halide::Generator<BackwardWeights> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4}, unroll{"unroll", 1};
    GeneratorParam<bool> span{"span", false}, single{"single", false}, accumulate{"accumulate", false};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> input{"input"};                      // tap, window row, plane, image
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 5>> output{"output"};  // filter, tap, window row, plane, position

    void generate() {
        declare(fixed, input, output_gradient, output);
        const Tile tile{rows, vectors, lanes, unroll, 0, span};
        const Halide::Expr filters = output.dim(0).extent(), taps = output.dim(1).extent();
        const Halide::Expr filter_tiles =
            tile.span ? Halide::Expr(1) : tile_count(filters, tile.vectors * tile.lanes);

        Halide::Var f("filter"), l("tap"), i("window_row"), c("plane"), q("position");
        Halide::Var lane("lane"), vector("vector"), row("row"), filter_tile("filter_tile"),
            tap_tile("tap_tile");
        Halide::RDom n(0, output_gradient.dim(2).extent(), "images");
        const Halide::Expr filter = vector_start(filter_tile, vector, tile, filters) + lane;
        const Halide::Expr tap = tile_start(tap_tile, tile.rows, taps) + row;
        auto product = [&](Halide::Expr image) {
            return input(q * position_step + tap, i, c, image) * output_gradient(filter, q, image);
        };

        Halide::Func sum("sum");
        if (single) {
            sum(lane, vector, row, filter_tile, tap_tile, i, c, q) = product(0);
        } else {
            sum(lane, vector, row, filter_tile, tap_tile, i, c, q) = 0.0f;
            sum(lane, vector, row, filter_tile, tap_tile, i, c, q) += product(n);
        }

        Halide::RDom t(0, tile.lanes, 0, tile.vectors, 0, tile.rows, 0, tile_count(taps, tile.rows), 0,
                       output.dim(2).extent(), 0, output.dim(3).extent(), 0, filter_tiles, "tile");
        const Halide::Expr to_filter = vector_start(t[6], t[1], tile, filters) + t[0];
        const Halide::Expr to_tap = tile_start(t[3], tile.rows, taps) + t[2];
        const Halide::Expr value = sum(t[0], t[1], t[2], t[6], t[3], t[4], t[5], q);
        output(f, l, i, c, q) = Halide::undef<float>();
        if (accumulate) {
            const Halide::Expr is_new = to_filter >= new_from(t[6], t[1], tile) && to_tap >= t[3] * tile.rows;
            add_to(output(to_filter, to_tap, t[4], t[5], q), Halide::select(is_new, value, 0.0f));
        } else {
            output(to_filter, to_tap, t[4], t[5], q) = value;
        }

        stages_ = {sum, output, lane, vector, row, filter_tile, tap_tile, i, c, q, n, t, !single};
        tile_ = tile;
    }

    void schedule() { schedules::backward_weights(stages_, tile_, get_pipeline()); }

  private:
    BackwardWeightsStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardWeights, backward_weights)
