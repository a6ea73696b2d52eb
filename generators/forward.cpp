// forward: Q positions, every image, every filter.
//
//   output[n, q, f] = initial[n, q, f] + sum over plane c, window row i, tap l of
//                     input[n, c, i, q * position_step + l] * weights[q, c, i, l, f]
//
// A window is `planes` x `window rows` x `taps` contiguous input elements: with channels_last one plane, KH
// rows and KW * C taps; with channels_first C planes, KH rows and KW taps. `initial` is the bias (its image
// stride then is 0) or the partial sum of the taps before these, so a sum cut into blocks has the same bits
// as the whole one.
//
// The positions are of one output row and share one valid window, which the runtime has trimmed at borders;
// the prefetch_* scalars say where the weights that are needed one position later lie
// (schedules/prefetch.h). Or, with `layer`, they are all positions of a layer (windows.h), for machines
// where a call is dear.
#include "forward.h"

#include "windows.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class Forward : public Halide::Generator<Forward> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4}, unroll{"unroll", 1};
    GeneratorParam<int> prefetch{"prefetch", 0};
    GeneratorParam<int> group_rows{"group_rows", 1}, group_columns{"group_columns", 1}, block{"block", 1};
    GeneratorParam<bool> span{"span", false}, layer{"layer", false}, parts{"parts", false};
    GeneratorParam<bool> aligned{"aligned", false}, rows_aligned{"rows_aligned", false};
    GeneratorParam<int> ahead{"ahead", 0};
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> input{"input"};      // tap, window row, plane, image; of a layer, the whole image
    Input<Buffer<float, 5>> weights{"weights"};  // filter, tap, window row, plane, position
    Input<Buffer<float, 3>> initial{"initial"};  // filter, position, image
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 3>> output{"output"};  // filter, position, image

    void configure() {
        if (layer) {
            layer_.add_to(*this);
            biased_ = add_input<int>("biased");  // 0: `initial` counts as 0
        } else {
            for (const char* name :
                 {"prefetch_start", "prefetch_position", "prefetch_filter_tile", "prefetch_row_tile",
                  "prefetch_plane", "prefetch_window_row", "prefetch_step"})
                add_input<int>(name);
        }
    }

    void generate() {
        declare(fixed, input, weights, initial, output);
        if (layer) declare_aligned(aligned, initial, output);
        if (aligned) declare_aligned(true, weights);
        if (rows_aligned) declare_aligned(true, input);
        // Threads read four taps at once from shared memory; parts of a sum read the input one by one.
        const int together = layer && !parts ? 4 : 1, of_image_together = rows_aligned ? together : 1;
        const Tile tile{rows,     vectors, lanes,        unroll,
                        prefetch, span,    group_rows,   group_columns,
                        block,    aligned, rows_aligned, parts ? int(block) / int(unroll) : 1,
                        ahead};
        const Halide::Expr images = input.dim(3).extent();
        const Halide::Expr row_tiles = tile_count(images, tile.rows);
        const Halide::Expr filter_tiles =
            tile.span ? Halide::Expr(1) : tile_count(weights.dim(0).extent(), tile.vectors * tile.lanes);

        // Each buffer has its own filters and images: workspaces are padded so that tiles never overlap
        // there.
        auto filter = [&](auto& buffer, Halide::Expr t, Halide::Expr v, Halide::Expr l) {
            return column(t, v, l, tile, buffer.dim(0).extent());
        };
        auto image = [&](auto& buffer, int dimension, Halide::Expr t, Halide::Expr r) {
            return tile_start(t, tile.rows, buffer.dim(dimension).extent(), tile.group_rows) + r;
        };

        Halide::Var f("filter"), q("position"), n("image"), lane("lane"), vector("vector"), row("row");
        Halide::Var filter_tile("filter_tile"), row_tile("row_tile");
        const Windows windows(weights, input, tile.block, position_step, layer_, of_image_together);
        Halide::Var tap("tap"), group("group"), tap_block("tap_block"), i("window_row"), c("plane");
        const Windows::Step step = together == of_image_together
                                       ? windows.step(tap, group, tap_block, i, q)
                                       : windows.step(0, group * together + tap, tap_block, i, q);
        Halide::Func input_tile("input_tile"), weights_tile("weights_tile"), accumulate("accumulate");
        input_tile(tap, group, row, row_tile, tap_block, i, c, q) =
            step.only_inside(input(step.input_element, step.input_row, c, image(input, 3, row_tile, row)));
        weights_tile(lane, vector, filter_tile, tap, group, tap_block, i, c, q) =
            step.only_inside(weights(filter(weights, filter_tile, vector, lane), step.tap, step.row, c, q));

        const Halide::RDom k = windows.reduction(tile.block / tile.parts, weights.dim(3).extent(), q);
        const Halide::Expr begin =
            initial(filter(initial, filter_tile, vector, lane), q, image(initial, 2, row_tile, row));
        accumulate(lane, vector, row, filter_tile, row_tile, q) =
            layer ? Halide::select(*biased_ != 0, begin, 0.0f) : begin;
        auto product = [&](Halide::Expr tap_of_block) {
            return input_tile(tap_of_block % together, tap_of_block / together, row, row_tile, k.y, k.z, k.w,
                              q) *
                   weights_tile(lane, vector, filter_tile, tap_of_block % together, tap_of_block / together,
                                k.y, k.z, k.w, q);
        };
        Halide::Func part("part");
        Halide::Var p("p");
        const Halide::RDom all_parts(0, tile.parts, "parts");
        if (parts) {
            part(lane, vector, row, filter_tile, row_tile, p, q) = 0.0f;
            part(lane, vector, row, filter_tile, row_tile, p, q) += product(k.x * tile.parts + p);
            add_to(accumulate(lane, vector, row, filter_tile, row_tile, q),
                   part(lane, vector, row, filter_tile, row_tile, all_parts, q));
        } else {
            accumulate(lane, vector, row, filter_tile, row_tile, q) += product(k.x);
        }

        Halide::RDom t(0, tile.lanes, 0, tile.vectors, 0, tile.rows, 0, tile.group_columns, 0,
                       tile.group_rows, 0, tile_count(row_tiles, tile.group_rows), 0,
                       tile_count(filter_tiles, tile.group_columns), "tile");
        const Halide::Expr to_filter_tile = t[6] * tile.group_columns + t[3];
        const Halide::Expr to_row_tile = t[5] * tile.group_rows + t[4];
        output(f, q, n) = Halide::undef<float>();
        output(filter(output, to_filter_tile, t[1], t[0]), q, image(output, 2, to_row_tile, t[2])) =
            accumulate(t[0], t[1], t[2], to_filter_tile, to_row_tile, q);

        stages_ = {accumulate, part,        output,   input_tile, weights_tile, lane,  vector,
                   row,        filter_tile, row_tile, q,          tap,          group, p,
                   k,          all_parts,   t,        together};
        tile_ = tile;
    }

    void schedule() { schedules::forward(stages_, tile_, get_pipeline()); }

  private:
    LayerScalars layer_;
    Halide::GeneratorInput<int>* biased_ = nullptr;
    ForwardStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::Forward, forward)
