// backward_input_band: adds to a band of rows of the gradient of the input what Q positions of one output row
// contribute. For many images: the batch is innermost, in the band and in the gradient of the output, so that
// images run along vectors and every weight is one broadcast.
//
//   band[c, i, q * position_step + l, n] += sum over filter f of weights[q, c, i, l, f] * output_gradient[q,
//   f, n]
//
// Needs images to be a multiple of vectors * lanes (the runtime pads with zeros) and taps >= rows (a tile is
// `rows` taps; the last one is moved back to end at the end, what it shares with the one before is masked).
// With `filters` nothing is prefetched, and prefetch_step has to be 0.
//
// `upcoming`: besides, lines are fetched from there (schedules/prefetch.h), upcoming_step / 256 for every
// filter of a tile, and so on for the loops around it.
#include "backward_input_band.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardInputBand : public Halide::Generator<BackwardInputBand> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4}, unroll{"unroll", 1};
    GeneratorParam<int> prefetch{"prefetch", 0}, filters{"filters", 0};  // so many; 0: any number
    GeneratorParam<bool> upcoming{"upcoming", false};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // image, filter, position
    Input<Buffer<float, 5>> weights{"weights"};                  // filter, tap, window row, plane, position
    Input<int> position_step{"position_step"};
    Input<int> prefetch_start{"prefetch_start"}, prefetch_position{"prefetch_position"};
    Input<int> prefetch_plane{"prefetch_plane"}, prefetch_window_row{"prefetch_window_row"};
    Input<int> prefetch_tap_tile{"prefetch_tap_tile"}, prefetch_image_tile{"prefetch_image_tile"};
    Input<int> prefetch_step{"prefetch_step"};
    Output<Buffer<float, 4>> band{"band"};  // image, tap, window row, plane

    void configure() {
        if (upcoming)
            add_upcoming(*this,
                         {"upcoming_start", "upcoming_position", "upcoming_plane", "upcoming_window_row",
                          "upcoming_tap_tile", "upcoming_image_tile", "upcoming_step", "upcoming_last_image",
                          "upcoming_images_log2", "upcoming_image", "upcoming_last_line"});
    }

    void generate() {
        if (filters > 0) weights.dim(0).set_extent(filters);
        declare(fixed, output_gradient, weights, band);
        Tile tile{rows, vectors, lanes, unroll, prefetch};
        tile.upcoming = upcoming;
        const int tile_images = tile.vectors * tile.lanes;
        const Halide::Expr taps = weights.dim(1).extent();

        Halide::Var x("x"), i("window_row"), c("plane"), n("image"), q("position");
        Halide::Var lane("lane"), vector("vector"), row("row"), image_tile("image_tile"),
            tap_tile("tap_tile");
        Halide::RDom f(0, weights.dim(0).extent(), "filters");
        const Halide::Expr image = image_tile * tile_images + vector * tile.lanes + lane;
        const Halide::Expr tap = likely_tile_start(tap_tile, tile.rows, taps) + row;
        Halide::Func gradient("gradient"), accumulate("accumulate");
        gradient(n, x, q) = output_gradient(n, x, q);
        // Without a loop over filters the compiler would leave out a zero it knows, and fuse the first
        // product or the second as it likes: this one is an argument.
        const Halide::Expr zero =
            filters > 0 ? Halide::reinterpret<float>(Halide::Expr(prefetch_step)) : 0.0f;
        accumulate(lane, vector, row, image_tile, tap_tile, i, c, q) = zero;
        accumulate(lane, vector, row, image_tile, tap_tile, i, c, q) +=
            weights(f, tap, i, c, q) * gradient(image, f, q);

        // Few filters pass all taps for each tile of images, others all images for each tile of taps.
        const Halide::Expr image_tiles = band.dim(0).extent() / tile_images;
        std::vector<Halide::Range> loops = {
            {0, tile_count(taps, tile.rows)}, {0, weights.dim(2).extent()}, {0, weights.dim(3).extent()}};
        const size_t images = filters > 0 ? loops.size() : 0, window = filters > 0 ? 3 : 4;
        loops.insert(loops.begin() + images, {0, image_tiles});
        loops.insert(loops.begin(), {{0, tile.lanes}, {0, tile.vectors}, {0, tile.rows}});
        loops.push_back({0, weights.dim(4).extent()});
        Halide::RDom t(loops, "tile");
        const Halide::RVar image_loop = t[3 + int(images)], tap_loop = t[int(window)],
                           row_loop = t[int(window) + 1], plane_loop = t[int(window) + 2];
        const Halide::Expr start = likely_tile_start(tap_loop, tile.rows, taps);
        const Halide::Expr sum =
            accumulate(t[0], t[1], t[2], image_loop, tap_loop, row_loop, plane_loop, t[7]);
        band(n, x, i, c) = Halide::undef<float>();
        add_to(band(image_loop * tile_images + t[1] * tile.lanes + t[0], t[7] * position_step + start + t[2],
                    row_loop, plane_loop),
               masked(t[2], tap_loop, tile.rows, taps, sum));

        stages_ = {gradient, accumulate, band, n, x, lane, vector, row, f, t, filters > 0};
        tile_ = tile;
    }

    void schedule() { schedules::backward_input_band(stages_, tile_, get_pipeline()); }

  private:
    BackwardInputBandStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputBand, backward_input_band)
HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputBand, backward_input_band_upcoming)
