// backward_input_dot: adds to the gradient of the input what Q positions of one output row contribute. For
// few images: the sum over filters runs along vectors, and the weights are one stream.
//
//   input_gradient[n, c, i, q * position_step + l] += sum over filter f of
//                                                     weights[q, c, i, l, f] * output_gradient[n, q, f]
//
// Needs filters >= lanes and taps >= rows (a tile is `rows` taps). The last tile of taps and the last vector
// of filters are moved back to end at the end; what they share with the one before is masked, for it must be
// added once.
#include "backward_input_dot.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardInputDot : public Halide::Generator<BackwardInputDot> {
  public:
    GeneratorParam<int> rows{"rows", 4}, lanes{"lanes", 4};
    GeneratorParam<bool> ragged{"ragged", false};  // filters need not be a multiple of lanes

    // Halide order, innermost first.
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<Buffer<float, 5>> weights{"weights"};                  // filter, tap, window row, plane, position
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 4>> input_gradient{"input_gradient"};  // tap, window row, plane, image

    void generate() {
        start_at_zero(output_gradient), start_at_zero(weights), start_at_zero(input_gradient);
        const Tile tile{rows, 1, lanes};
        const Halide::Expr filters = weights.dim(0).extent(), taps = weights.dim(1).extent();

        Halide::Var x("x"), i("window_row"), c("plane"), n("image"), q("position");
        Halide::Var lane("lane"), tap("tap"), tap_tile("tap_tile");
        Halide::RDom v(0, filters / tile.lanes, "vectors"), r(0, tile.lanes, "lanes");
        const Halide::Expr l = tile_start(tap_tile, tile.rows, taps) + tap;
        auto product = [&](Halide::Expr f) { return weights(f, l, i, c, q) * output_gradient(f, q, n); };

        Halide::Func partial("partial"), total("total");
        partial(lane, tap, tap_tile, i, c, n, q) = 0.0f;
        partial(lane, tap, tap_tile, i, c, n, q) += product(v * tile.lanes + lane);
        if (ragged) {
            const Halide::Expr is_new = lane >= tile.lanes - filters % tile.lanes;
            partial(lane, tap, tap_tile, i, c, n, q) +=
                Halide::select(is_new, product(filters - tile.lanes + lane), 0.0f);
        }
        total(tap, tap_tile, i, c, n, q) = 0.0f;
        total(tap, tap_tile, i, c, n, q) += partial(r, tap, tap_tile, i, c, n, q);

        Halide::RDom t(0, tile.rows, 0, tile_count(taps, tile.rows), 0, weights.dim(2).extent(), 0,
                       weights.dim(3).extent(), 0, input_gradient.dim(3).extent(), 0, weights.dim(4).extent(),
                       "tile");
        const Halide::Expr start = tile_start(t[1], tile.rows, taps);
        const Halide::Expr sum = total(t[0], t[1], t[2], t[3], t[4], t[5]);
        input_gradient(x, i, c, n) = Halide::undef<float>();
        input_gradient(t[5] * position_step + start + t[0], t[2], t[3], t[4]) +=
            tile.rows == 1 ? sum : Halide::select(start + t[0] >= t[1] * tile.rows, sum, 0.0f);

        stages_ = {partial, total, input_gradient, lane, tap, v, r, t};
        tile_ = tile;
    }

    void schedule() { schedules::backward_input_dot(stages_, tile_); }

  private:
    BackwardInputDotStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputDot, backward_input_dot)
