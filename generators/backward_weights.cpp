// backward_weights: the gradient of the weights of Q positions: of one output row, sharing one valid window,
// or, with `layer`, all of a layer (windows.h), where weights that no input meets have gradient 0.
//
//   output[q, c, i, l, f] (+)= sum over image n of
//                              input[n, c, i, q * position_step + l] * output_gradient[n, q, f]
//
// `accumulate` adds the sum to the output; what a tile shares with the one before is masked, for it must be
// added once. `single` is the kernel for one image: a product, no sum. The gradient of the bias is the same
// kernel with one tap whose input is the constant 1.
//
// `upcoming`: besides, for every image n and tile of taps, the line is fetched that many elements from there,
//
//   upcoming_start + n * upcoming_image + window row * upcoming_window_row + tile * upcoming_tap_tile
#include "backward_weights.h"

#include <algorithm>
#include <vector>

#include "windows.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardWeights : public Halide::Generator<BackwardWeights> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4}, unroll{"unroll", 1};
    GeneratorParam<int> group_rows{"group_rows", 1}, group_columns{"group_columns", 1}, block{"block", 1};
    GeneratorParam<bool> span{"span", false}, single{"single", false}, accumulate{"accumulate", false};
    GeneratorParam<bool> layer{"layer", false}, aligned{"aligned", false};
    GeneratorParam<bool> rows_aligned{"rows_aligned", false}, upcoming{"upcoming", false};
    GeneratorParam<int> ahead{"ahead", 0};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> input{"input"};  // tap, window row, plane, image; of a layer, the whole image
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 5>> output{"output"};  // filter, tap, window row, plane, position

    void configure() {
        if (layer) layer_.add_to(*this);
        if (upcoming)
            add_upcoming(*this,
                         {"upcoming_start", "upcoming_image", "upcoming_window_row", "upcoming_tap_tile"});
    }

    void generate() {
        declare(fixed, input, output_gradient, output);
        if (layer) declare_aligned(aligned, output_gradient, output);
        if (rows_aligned) declare_aligned(true, input);
        Tile tile{rows,          vectors, lanes,   unroll,       0, span, group_rows,
                  group_columns, block,   aligned, rows_aligned, 1, ahead};
        tile.upcoming = upcoming;
        const Halide::Expr filters = output.dim(0).extent();
        const Halide::Expr taps = output.dim(1).extent();
        const Halide::Expr images = output_gradient.dim(2).extent();
        const Halide::Expr filter_tiles =
            tile.span ? Halide::Expr(1) : tile_count(filters, tile.vectors * tile.lanes);

        Halide::Var f("filter"), l("tap"), i("window_row"), c("plane"), q("position");
        Halide::Var lane("lane"), vector("vector"), row("row"), filter_tile("filter_tile"),
            tap_tile("tap_tile"), tap("tap"), group("group"), n("image"), image_block("image_block");
        // Threads read four taps at once from shared memory.
        const int together = layer && rows % 4 == 0 ? 4 : 1, of_image_together = rows_aligned ? together : 1;
        const Windows windows(output, input, of_image_together, position_step, layer_, of_image_together);
        const Halide::Expr filter = column(filter_tile, vector, lane, tile, filters);
        const Halide::Expr image = image_block * tile.block + n;
        // What fills the last block of images up is 0.
        auto of_image = [&](auto& buffer, auto... at) {
            if (tile.block == 1) return Halide::Expr(buffer(at..., image));
            return Halide::select(image < images, buffer(at..., Halide::min(image, images - 1)), 0.0f);
        };
        const Halide::Expr first_tap =
            tile_start(tap_tile, tile.rows / of_image_together, taps / of_image_together, tile.group_rows);
        const Windows::Step step = together == of_image_together
                                       ? windows.meets(tap, first_tap + group, i, q)
                                       : windows.meets(0, first_tap + group * together + tap, i, q);
        Halide::Func input_tile("input_tile"), gradient_tile("gradient_tile"), sum("sum");
        input_tile(tap, group, tap_tile, n, image_block, i, c, q) =
            of_image(input, step.input_element, step.input_row, c);
        gradient_tile(lane, vector, filter_tile, n, image_block, q) = of_image(output_gradient, filter, q);
        auto product = [&](Halide::Expr of_block, Halide::Expr block) {
            return input_tile(row % together, row / together, tap_tile, of_block, block, i, c, q) *
                   gradient_tile(lane, vector, filter_tile, of_block, block, q);
        };

        const Halide::RDom k(0, tile.block, 0, tile_count(images, tile.block), "images");
        if (single) {
            sum(lane, vector, row, filter_tile, tap_tile, i, c, q) = product(0, 0);
        } else {
            sum(lane, vector, row, filter_tile, tap_tile, i, c, q) = 0.0f;
            sum(lane, vector, row, filter_tile, tap_tile, i, c, q) += product(k.x, k.y);
        }

        std::vector<Halide::Range> loops{{0, tile.lanes},
                                         {0, tile.vectors},
                                         {0, tile.rows},
                                         {0, tile.group_columns},
                                         {0, tile.group_rows},
                                         {0, tile_count(tile_count(taps, tile.rows), tile.group_rows)},
                                         {0, output.dim(2).extent()},
                                         {0, output.dim(3).extent()},
                                         {0, tile_count(filter_tiles, tile.group_columns)}};
        // A thread of a device writes all its filters of a tap before those of the next group of taps.
        const int of_groups = layer && single ? 3 : 8;
        std::rotate(loops.begin() + of_groups, loops.end() - 1, loops.end());
        Halide::RDom nest(loops, "tile");
        std::vector<Halide::RVar> t;
        for (int k = 0; k < 9; k++) t.push_back(nest[k]);
        std::rotate(t.begin() + of_groups, t.begin() + of_groups + 1, t.end());
        const Halide::Expr to_filter_tile = t[8] * tile.group_columns + t[3];
        const Halide::Expr to_tap_tile = t[5] * tile.group_rows + t[4];
        const Halide::Expr to_filter = column(to_filter_tile, t[1], t[0], tile, filters);
        const Halide::Expr to_tap = tile_start(to_tap_tile, tile.rows, taps, tile.group_rows) + t[2];
        const Halide::Expr is_new =
            to_filter >= new_from(to_filter_tile, t[1], tile) && to_tap >= to_tap_tile * tile.rows;
        const Halide::Expr inside = windows.meets(0, to_tap / of_image_together, t[6], q).inside;
        const Halide::Expr sum_of_tile = sum(t[0], t[1], t[2], to_filter_tile, to_tap_tile, t[6], t[7], q);
        const Halide::Expr value = layer ? Halide::select(inside, sum_of_tile, 0.0f) : sum_of_tile;
        output(f, l, i, c, q) = Halide::undef<float>();
        if (accumulate && layer) {
            // Tiles that fill up a group would add what another thread adds.
            nest.where(to_tap_tile * tile.rows < taps &&
                       to_filter_tile * (tile.vectors * tile.lanes) < filters);
            add_to(output(to_filter, to_tap, t[6], t[7], q), value);
        } else if (accumulate) {
            add_to(output(to_filter, to_tap, t[6], t[7], q), Halide::select(is_new, value, 0.0f));
        } else {
            output(to_filter, to_tap, t[6], t[7], q) = value;
        }

        stages_ = {sum, output, input_tile, gradient_tile, lane, vector, row, filter_tile, tap_tile, i,
                   c,   q,      tap,        group,         n,    k,      t,   together,    !single};
        tile_ = tile;
    }

    void schedule() { schedules::backward_weights(stages_, tile_, get_pipeline()); }

  private:
    LayerScalars layer_;
    BackwardWeightsStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardWeights, backward_weights)
HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardWeights, backward_weights_upcoming)
