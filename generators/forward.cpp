// forward: Q positions of one output row that share one valid window, every image, every filter.
//
//   output[n, q, f] = initial[n, q, f] + sum over plane c, window row i, tap l of
//                     input[n, c, i, q * position_step + l] * weights[q, c, i, l, f]
//
// A window is `planes` x `window rows` x `taps` contiguous input elements: with channels_last one plane, KH
// rows and KW * C taps; with channels_first C planes, KH rows and KW taps. The runtime trims windows at
// borders. `initial` is the bias (its image stride then is 0) or the partial sum of the taps before these, so
// a sum cut into blocks has the same bits as the whole one. The prefetch_* scalars say where the weights that
// are needed one position later lie (schedules/prefetch.h).
#include "forward.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class Forward : public Halide::Generator<Forward> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4}, unroll{"unroll", 1};
    GeneratorParam<int> prefetch{"prefetch", 0};
    GeneratorParam<bool> span{"span", false};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> input{"input"};      // tap, window row, plane, image
    Input<Buffer<float, 5>> weights{"weights"};  // filter, tap, window row, plane, position
    Input<Buffer<float, 3>> initial{"initial"};  // filter, position, image
    Input<int> position_step{"position_step"};
    Input<int> prefetch_start{"prefetch_start"}, prefetch_position{"prefetch_position"};
    Input<int> prefetch_filter_tile{"prefetch_filter_tile"}, prefetch_row_tile{"prefetch_row_tile"};
    Input<int> prefetch_plane{"prefetch_plane"}, prefetch_window_row{"prefetch_window_row"};
    Input<int> prefetch_step{"prefetch_step"};
    Output<Buffer<float, 3>> output{"output"};  // filter, position, image

    void generate() {
        declare(fixed, input, weights, initial, output);
        const Tile tile{rows, vectors, lanes, unroll, prefetch, span};
        const Halide::Expr images = input.dim(3).extent();
        const Halide::Expr row_tiles = tile_count(images, tile.rows);
        const Halide::Expr filter_tiles =
            tile.span ? Halide::Expr(1) : tile_count(weights.dim(0).extent(), tile.vectors * tile.lanes);

        // Each buffer has its own filters and images: workspaces are padded so that tiles never overlap
        // there.
        auto filter = [&](auto& buffer, Halide::Expr t, Halide::Expr v, Halide::Expr l) {
            return vector_start(t, v, tile, buffer.dim(0).extent()) + l;
        };
        auto image = [&](auto& buffer, int dimension, Halide::Expr t, Halide::Expr r) {
            return tile_start(t, tile.rows, buffer.dim(dimension).extent()) + r;
        };

        Halide::Var f("filter"), q("position"), n("image"), lane("lane"), vector("vector"), row("row");
        Halide::Var filter_tile("filter_tile"), row_tile("row_tile");
        Halide::RDom k(0, weights.dim(1).extent(), 0, weights.dim(2).extent(), 0, weights.dim(3).extent(),
                       "taps");
        Halide::Func accumulate("accumulate");
        accumulate(lane, vector, row, filter_tile, row_tile, q) =
            initial(filter(initial, filter_tile, vector, lane), q, image(initial, 2, row_tile, row));
        accumulate(lane, vector, row, filter_tile, row_tile, q) +=
            input(q * position_step + k.x, k.y, k.z, image(input, 3, row_tile, row)) *
            weights(filter(weights, filter_tile, vector, lane), k.x, k.y, k.z, q);

        Halide::RDom t(0, tile.lanes, 0, tile.vectors, 0, tile.rows, 0, row_tiles, 0, filter_tiles, "tile");
        output(f, q, n) = Halide::undef<float>();
        output(filter(output, t[4], t[1], t[0]), q, image(output, 2, t[3], t[2])) =
            accumulate(t[0], t[1], t[2], t[4], t[3], q);

        stages_ = {accumulate, output, lane, vector, row, filter_tile, row_tile, q, k, t};
        tile_ = tile;
    }

    void schedule() { schedules::forward(stages_, tile_, get_pipeline()); }

  private:
    ForwardStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::Forward, forward)
