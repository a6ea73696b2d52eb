// forward_band: forward of few filters and many images, for Q positions of one output row that share one
// valid window. The batch is innermost, in a band of rows of the input and in the output, so that images run
// along vectors and every weight is one broadcast.
//
//   output[q, f, n] = initial[q, f] + sum over plane c, window row i, tap l of
//                     band[c, i, q * position_step + l, n] * weights[q, c, i, l, f]
//
// Needs images to be a multiple of vectors * lanes (the runtime pads with zeros) and filters >= rows (a tile
// is `rows` filters; the last one is moved back to end at the end). The order of the sum is that of
// `forward`.
#include "forward_band.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class ForwardBand : public Halide::Generator<ForwardBand> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> band{"band"};        // image, tap, window row, plane
    Input<Buffer<float, 5>> weights{"weights"};  // filter, tap, window row, plane, position
    Input<Buffer<float, 2>> initial{"initial"};  // filter, position
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 3>> output{"output"};  // image, filter, position

    void generate() {
        declare(fixed, band, weights, initial, output);
        const Tile tile{rows, vectors, lanes};
        const int tile_images = tile.vectors * tile.lanes;
        const Halide::Expr filters = weights.dim(0).extent();

        Halide::Var n("image"), f("filter"), q("position");
        Halide::Var lane("lane"), vector("vector"), row("row"), image_tile("image_tile"),
            filter_tile("filter_tile");
        Halide::RDom k(0, weights.dim(1).extent(), 0, weights.dim(2).extent(), 0, weights.dim(3).extent(),
                       "taps");
        auto filter = [&](Halide::Expr t, Halide::Expr r) { return tile_start(t, tile.rows, filters) + r; };
        auto image = [&](Halide::Expr t, Halide::Expr v, Halide::Expr l) {
            return t * tile_images + v * tile.lanes + l;
        };
        Halide::Func accumulate("accumulate");
        accumulate(lane, vector, row, image_tile, filter_tile, q) = initial(filter(filter_tile, row), q);
        accumulate(lane, vector, row, image_tile, filter_tile, q) +=
            band(image(image_tile, vector, lane), q * position_step + k.x, k.y, k.z) *
            weights(filter(filter_tile, row), k.x, k.y, k.z, q);

        Halide::RDom t(0, tile.lanes, 0, tile.vectors, 0, tile.rows, 0, output.dim(0).extent() / tile_images,
                       0, tile_count(filters, tile.rows), "tile");
        output(n, f, q) = Halide::undef<float>();
        output(image(t[3], t[1], t[0]), filter(t[4], t[2]), q) = accumulate(t[0], t[1], t[2], t[3], t[4], q);

        stages_ = {accumulate, output, lane, vector, row, image_tile, filter_tile, q, k, t};
    }

    void schedule() { schedules::forward_band(stages_); }

  private:
    ForwardBandStages stages_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::ForwardBand, forward_band)
