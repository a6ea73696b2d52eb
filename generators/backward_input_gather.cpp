// backward_input_gather: the gradient of the input of a whole layer. Every element is the sum over the
// windows that reach it, so that none is written twice:
//
//   input_gradient[n, y * columns + x, c] = sum over output rows r and columns q, filters f of
//       weights[r * output_columns + q, i, j, c, f] * output_gradient[n, r * output_columns + q, f]
//   i = y + padding_rows - r * stride_rows in [0, KH), j = x + padding_columns - q * stride_columns in
//   [0, KW)
//
// in the order of rising i, then j, then f.
#include "backward_input_gather.h"

#include <algorithm>

#include "buffers.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardInputGather : public Halide::Generator<BackwardInputGather> {
  public:
    GeneratorParam<int> rows{"rows", 1}, vectors{"vectors", 1}, lanes{"lanes", 4}, unroll{"unroll", 1};
    GeneratorParam<int> group_rows{"group_rows", 1}, group_columns{"group_columns", 1}, block{"block", 1};
    GeneratorParam<bool> parts{"parts", false}, aligned{"aligned", false};
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
                        ahead};
        const Halide::Expr filters = weights.dim(0).extent(), channels = weights.dim(1).extent();
        const Halide::Expr images = input_gradient.dim(2).extent();

        Halide::Var c("channel"), n("image"), pixel("pixel"), lane("lane"), vector("vector"), row("row");
        Halide::Var channel_tile("channel_tile"), row_tile("row_tile"), f("filter"), group("group"),
            block_("filter_block"), j("window_of_row"), i("row_of_windows");
        auto channel = [&](Halide::Expr t, Halide::Expr v, Halide::Expr l) {
            return vector_start(t, v, tile, channels) + l;
        };
        auto image = [&](Halide::Expr t, Halide::Expr r) {
            return tile_start(t, tile.rows, images, tile.group_rows) + r;
        };

        const Reach in_rows(pixel / columns + padding_rows, stride_rows, weights.dim(3).extent(),
                            output_rows);
        const Reach in_columns(pixel % columns + padding_columns, stride_columns, weights.dim(2).extent(),
                               output_columns);
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
        weights_tile(f, group, lane, vector, channel_tile, block_, j, i, pixel) = or_zero(weights(
            filter, channel(channel_tile, vector, lane), in_columns.tap(j), in_rows.tap(i), position));
        gradient_tile(f, group, row, row_tile, block_, j, i, pixel) =
            or_zero(output_gradient(filter, position, image(row_tile, row)));

        Halide::RDom k(0, tile.block / tile.parts, 0, tile_count(filters, tile.block), 0,
                       weights.dim(2).extent(), 0, weights.dim(3).extent(), "window");
        k.where(k.z < in_columns.count());
        k.where(k.w < in_rows.count());
        Halide::Var p("p");
        const int part_groups = std::max(1, tile.parts / together);
        if (leaves_out) k.where(k.y * (tile.block / together) + k.x * part_groups + p < filters / together);
        accumulate(lane, vector, row, channel_tile, row_tile, pixel) = 0.0f;
        auto product = [&](const Halide::Expr& of_group, const Halide::Expr& group_of_block) {
            return gradient_tile(of_group, group_of_block, row, row_tile, k.y, k.z, k.w, pixel) *
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

        Halide::RDom t(0, tile.lanes, 0, tile.vectors, 0, tile.rows, 0, tile.group_columns, 0,
                       tile.group_rows, 0, tile_count(tile_count(images, tile.rows), tile.group_rows), 0,
                       tile_count(tile_count(channels, tile.vectors * tile.lanes), tile.group_columns),
                       "tile");
        const Halide::Expr to_channel_tile = t[6] * tile.group_columns + t[3];
        const Halide::Expr to_row_tile = t[5] * tile.group_rows + t[4];
        input_gradient(c, pixel, n) = Halide::undef<float>();
        input_gradient(channel(to_channel_tile, t[1], t[0]), pixel, image(to_row_tile, t[2])) =
            accumulate(t[0], t[1], t[2], to_channel_tile, to_row_tile, pixel);

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
    // The windows that reach one place along one axis, in the order of rising tap. `place` counts from where
    // the first window begins.
    class Reach {
      public:
        Reach(const Halide::Expr& place, const Halide::Expr& stride, const Halide::Expr& taps,
              const Halide::Expr& windows)
            : stride_(stride), taps_(taps), windows_(windows), last_(place / stride) {
            first_tap_ = place % stride + skipped() * stride;
        }

        Halide::Expr count() const {
            return Halide::min((taps_ - first_tap_ + stride_ - 1) / stride_, last_ - skipped() + 1);
        }
        // Also for an index that reaches no window these are indices of the buffers.
        Halide::Expr tap(const Halide::Expr& index) const {
            return Halide::clamp(first_tap_ + index * stride_, 0, taps_ - 1);
        }
        Halide::Expr window(const Halide::Expr& index) const {
            return Halide::clamp(last_ - skipped() - index, 0, windows_ - 1);
        }

      private:
        // Windows past the last one of the layer.
        Halide::Expr skipped() const { return Halide::max(last_ - windows_ + 1, 0); }

        Halide::Expr stride_, taps_, windows_, last_, first_tap_;
    };

    BackwardInputGatherStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputGather, backward_input_gather)
