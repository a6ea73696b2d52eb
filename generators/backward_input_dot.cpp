// backward_input_dot: adds to the gradient of the input what Q positions of one output row contribute. For
// few images: the sum over filters runs along vectors, and the weights are one stream.
//
//   input_gradient[n, c, i, q * position_step + l] += sum over filter f of
//                                                     weights[q, c, i, l, f] * output_gradient[n, q, f]
//
// Needs filters >= lanes, as many as fill `vectors` where that is given, and taps >= rows (a tile is `rows`
// taps). The last vector of filters and the last tile are moved back to end at the end; what they share with
// the one before is masked, for it must be added once.
#include "backward_input_dot.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardInputDot : public Halide::Generator<BackwardInputDot> {
  public:
    GeneratorParam<int> rows{"rows", 1}, lanes{"lanes", 4};
    GeneratorParam<int> vectors{"vectors", 0};     // of filters; 0: any number
    GeneratorParam<bool> ragged{"ragged", false};  // filters need not be a multiple of lanes
    GeneratorParam<int> unroll{"unroll", 1}, prefetch{"prefetch", 0};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<Buffer<float, 5>> weights{"weights"};                  // filter, tap, window row, plane, position
    Input<int> position_step{"position_step"};
    Input<int> prefetch_start{"prefetch_start"}, prefetch_position{"prefetch_position"};
    Input<int> prefetch_plane{"prefetch_plane"}, prefetch_window_row{"prefetch_window_row"};
    Input<int> prefetch_image{"prefetch_image"}, prefetch_tap_tile{"prefetch_tap_tile"};
    Output<Buffer<float, 4>> input_gradient{"input_gradient"};  // tap, window row, plane, image

    void generate() {
        declare(fixed, output_gradient, weights, input_gradient);
        const Tile tile{rows, vectors, lanes, unroll, prefetch};
        const Halide::Expr filters = weights.dim(0).extent(), taps = weights.dim(1).extent();
        if (tile.vectors > 0) weights.dim(1).set_stride(ragged ? filters : tile.vectors * tile.lanes);

        Halide::Var x("x"), i("window_row"), c("plane"), n("image"), q("position"), lane("lane"), row("row"),
            tap_tile("tap_tile");
        // Where the loop over vectors is unrolled its first product is rounded by itself: the compiler could
        // fuse either of two products with the addition. Elsewhere that is what fusing it with zero does.
        const bool unrolled = tile.vectors > 0;
        const int whole_vectors = tile.vectors - (ragged ? 1 : 0);
        Halide::RDom v(unrolled ? 1 : 0, unrolled ? Halide::Expr(whole_vectors - 1) : filters / tile.lanes,
                       "vectors");
        const Halide::Expr tap = likely_tile_start(tap_tile, tile.rows, taps) + row;

        auto product = [&](Halide::Expr f) { return weights(f, tap, i, c, q) * output_gradient(f, q, n); };

        Halide::Func partial("partial");
        partial(lane, row, tap_tile, n, i, c, q) =
            unrolled ? Halide::strict_float(product(lane)) : Halide::Expr(0.0f);
        partial(lane, row, tap_tile, n, i, c, q) += product(v * tile.lanes + lane);
        if (ragged) {
            const Halide::Expr f = filters - tile.lanes + lane;
            // By its bits, of a number: what LLVM knows as a condition becomes a select, which it moves
            // behind the product and keeps that from being fused, in some tiles. Zen 3, acl_1 N=4 1.19,
            // N=5 1.09 times as fast.
            const Halide::Expr until_new = tile.lanes - filters % tile.lanes - 1 - lane;  // then negative
            const Halide::Expr mask = Halide::reinterpret<uint32_t>(Halide::clamp(until_new, -1, 0));
            auto zero_unless_new = [&](Halide::Expr value) {
                return Halide::reinterpret<float>(Halide::reinterpret<uint32_t>(value) & mask);
            };
            partial(lane, row, tap_tile, n, i, c, q) +=
                zero_unless_new(weights(f, tap, i, c, q)) * zero_unless_new(output_gradient(f, q, n));
        }
        Halide::RDom r(0, tile.lanes, "lanes");
        Halide::Func total("total");
        total(row, tap_tile, n, i, c, q) = 0.0f;
        total(row, tap_tile, n, i, c, q) += partial(r, row, tap_tile, n, i, c, q);

        Halide::RDom t(0, tile.rows, 0, tile_count(taps, tile.rows), 0, input_gradient.dim(3).extent(), 0,
                       weights.dim(2).extent(), 0, weights.dim(3).extent(), 0, weights.dim(4).extent(),
                       "window");
        const Halide::Expr start = likely_tile_start(t[1], tile.rows, taps);
        const Halide::Expr sum = total(t[0], t[1], t[2], t[3], t[4], t[5]);
        input_gradient(x, i, c, n) = Halide::undef<float>();
        add_to(input_gradient(t[5] * position_step + start + t[0], t[3], t[4], t[2]),
               masked(t[0], t[1], tile.rows, taps, sum));

        stages_ = {partial, total, input_gradient, lane, row, v, r, t};
        tile_ = tile;
    }

    void schedule() { schedules::backward_input_dot(stages_, tile_, get_pipeline()); }

  private:
    BackwardInputDotStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputDot, backward_input_dot)
