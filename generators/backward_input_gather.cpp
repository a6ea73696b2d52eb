// backward_input_gather: the gradient of the input of a whole layer. Every element is the sum over the
// windows that reach it, so that none is written twice:
//
//   input_gradient[n, y * columns + x, c] = sum over output rows r and columns q, filters f of
//       weights[r * output_columns + q, i, j, c, f] * output_gradient[n, r * output_columns + q, f]
//   i = y + padding_rows - r * stride_rows in [0, KH), j = x + padding_columns - q * stride_columns in
//   [0, KW)
//
// in the order of rising i, then j, then f. With `cells` a block of threads has some pixels of a row
// (reach.h), and each of its tiles all channels of one: the tiles of a group read the same gradients.
#include "backward_input_gather.h"

#include <algorithm>

#include "buffers.h"
#include "reach.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardInputGather : public Halide::Generator<BackwardInputGather> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4}, unroll{"unroll", 1};
    GeneratorParam<int> group_rows{"group_rows", 1}, group_columns{"group_columns", 1}, block{"block", 1};
    GeneratorParam<bool> parts{"parts", false}, aligned{"aligned", false}, cells{"cells", false};
    GeneratorParam<int> ahead{"ahead", 0};

    // Halide order, innermost first.
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<Buffer<float, 5>> weights{"weights"};  // filter, channel, kernel column, kernel row, position
    Input<int> columns{"columns"}, output_columns{"output_columns"}, output_rows{"output_rows"};
    Input<int> stride_rows{"stride_rows"}, stride_columns{"stride_columns"};
    Input<int> padding_rows{"padding_rows"}, padding_columns{"padding_columns"};
    Output<Buffer<float, 3>> input_gradient{"input_gradient"};  // channel, pixel, image

    void generate() {
        declare("", output_gradient, weights, input_gradient);
        declare_aligned(aligned, output_gradient);
        if (aligned) declare_aligned(true, weights);
        input_gradient.dim(0).set_stride(Halide::Expr());
        const Tile tile{rows,  vectors, lanes,      unroll,
                        0,     false,   group_rows, group_columns,
                        block, aligned, aligned,    parts ? int(block) / int(unroll) : 1,
                        ahead, cells};
        const Halide::Expr filters = weights.dim(0).extent(), channels = weights.dim(1).extent();
        const Halide::Expr images = input_gradient.dim(2).extent();

        Halide::Var c("channel"), n("image"), pixel("pixel"), lane("lane"), vector("vector"), row("row");
        Halide::Var channel_tile("channel_tile"), row_tile("row_tile"), f("filter"), group("group"),
            block_("filter_block"), j("window_of_row"), i("row_of_windows");
        auto channel = [&](Halide::Expr t, Halide::Expr v, Halide::Expr l) {
            if (cells) return Halide::min(v * tile.lanes + l, channels - 1);
            return vector_start(t, v, tile, channels) + l;
        };
        auto image = [&](Halide::Expr t, Halide::Expr r) {
            return tile_start(t, tile.rows, images, tile.group_rows) + r;
        };

        const Cells at(columns, cells ? tile.group_columns : 1);
        const Halide::Expr row_place = at.row(pixel) + padding_rows;
        const Halide::Expr column_place = at.column(pixel, channel_tile) + padding_columns;
        const Reach in_rows(row_place, row_place, stride_rows, weights.dim(3).extent(), output_rows);
        // Tiles that share what they read go through the windows of all their pixels.
        const Reach in_columns =
            parts ? Reach(column_place, column_place, stride_columns, weights.dim(2).extent(), output_columns)
                  : Reach(at.first_column(pixel) + padding_columns, at.last_column(pixel) + padding_columns,
                          stride_columns, weights.dim(2).extent(), output_columns);
        const Halide::Expr position = in_rows.window(i) * output_columns + in_columns.window(j);
        // Threads read four filters at once from shared memory, and where they can, from memory.
        const int together = aligned || !parts ? 4 : 1;
        const Halide::Expr g = block_ * (tile.block / together) + group, e = g * together + f;
        const Halide::Expr filter =
            aligned ? inside(g, filters / together) * together + f : inside(e, filters);
        const Halide::Expr is_filter = aligned ? g < filters / together : e < filters;
        Halide::Func weights_tile("weights_tile"), gradient_tile("gradient_tile"), accumulate("accumulate");
        // Parts that read vectors leave out what is past the last filter, others read 0.
        const bool leaves_out = parts && aligned;
        auto or_zero = [&](const Halide::Expr& value) {
            return leaves_out ? value : Halide::select(is_filter, value, 0.0f);
        };
        weights_tile(f, group, lane, vector, channel_tile, block_, j, i, pixel) =
            or_zero(weights(filter, channel(channel_tile, vector, lane), in_columns.tap(column_place, j),
                            in_rows.tap(row_place, i), position));
        // Parts read gradients of their own.
        std::vector<Halide::Var> of_gradient{f, group, row, row_tile, block_, j, i, pixel};
        if (parts) of_gradient.push_back(channel_tile);
        gradient_tile(of_gradient) = or_zero(output_gradient(filter, position, image(row_tile, row)));

        Halide::RDom k(0, tile.block / tile.parts, 0, tile_count(filters, tile.block), 0,
                       in_columns.most(parts ? 1 : at.width()), 0, weights.dim(3).extent(), "window");
        k.where(k.z < in_columns.count());
        k.where(k.w < in_rows.count());
        if (cells && !parts) k.where(in_columns.reaches(column_place, k.z));
        Halide::Var p("p");
        const int part_groups = std::max(1, tile.parts / together);
        if (leaves_out) k.where(k.y * (tile.block / together) + k.x * part_groups + p < filters / together);
        accumulate(lane, vector, row, channel_tile, row_tile, pixel) = 0.0f;
        auto product = [&](const Halide::Expr& of_group, const Halide::Expr& group_of_block) {
            std::vector<Halide::Expr> read{of_group, group_of_block, row, row_tile, k.y, k.z, k.w, pixel};
            if (parts) read.push_back(channel_tile);
            return gradient_tile(read) *
                   weights_tile(of_group, group_of_block, lane, vector, channel_tile, k.y, k.z, k.w, pixel);
        };
        Halide::Func part("part");
        const Halide::RDom all_parts(0, together, 0, part_groups, "parts");
        if (parts) {
            part(lane, vector, row, channel_tile, row_tile, f, p, pixel) = 0.0f;
            part(lane, vector, row, channel_tile, row_tile, f, p, pixel) += product(f, k.x * part_groups + p);
            add_to(accumulate(lane, vector, row, channel_tile, row_tile, pixel),
                   part(lane, vector, row, channel_tile, row_tile, all_parts.x, all_parts.y, pixel));
        } else {
            accumulate(lane, vector, row, channel_tile, row_tile, pixel) +=
                product(k.x % together, k.x / together);
        }

        const Halide::Expr column_groups =
            cells ? 1 : tile_count(tile_count(channels, tile.vectors * tile.lanes), tile.group_columns);
        // In the order of loops; threads side by side have images, but in batches without cells.
        const bool images_first = parts || cells;
        const Halide::Range along_columns(0, tile.group_columns), along_rows(0, tile.group_rows);
        Halide::RDom nest({{0, tile.lanes},
                           {0, tile.vectors},
                           {0, tile.rows},
                           images_first ? along_rows : along_columns,
                           images_first ? along_columns : along_rows,
                           {0, at.count(input_gradient.dim(1).extent())},
                           {0, tile_count(tile_count(images, tile.rows), tile.group_rows)},
                           {0, column_groups}},
                          "tile");
        std::vector<Halide::RVar> t;
        for (int k = 0; k < 8; k++) t.push_back(nest[k]);
        if (images_first) std::swap(t[3], t[4]);
        std::rotate(t.begin() + 5, t.begin() + 6, t.end());
        const Halide::Expr to_channel_tile = t[6] * tile.group_columns + t[3];
        const Halide::Expr to_row_tile = t[5] * tile.group_rows + t[4];
        input_gradient(c, pixel, n) = Halide::undef<float>();
        input_gradient(channel(to_channel_tile, t[1], t[0]), at.pixel(t[7], t[3]), image(to_row_tile, t[2])) =
            accumulate(t[0], t[1], t[2], to_channel_tile, to_row_tile, t[7]);

        stages_ = {accumulate,
                   part,
                   input_gradient,
                   weights_tile,
                   gradient_tile,
                   lane,
                   vector,
                   row,
                   channel_tile,
                   row_tile,
                   pixel,
                   f,
                   group,
                   p,
                   k,
                   all_parts,
                   t,
                   together};
        tile_ = tile;
    }

    void schedule() { schedules::backward_input_gather(stages_, tile_, get_pipeline()); }

  private:
    BackwardInputGatherStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputGather, backward_input_gather)
