// transpose: exchanges the two inner dimensions of a stack of matrices.
//
//   output[z, y, x] = input[z, x, y]
//
// A block of lanes x lanes elements is transposed in registers. It is cut into pieces of 4 x 4, or of fewer
// where lanes are fewer: those change places when they are loaded, then log2(4) rounds transpose them all,
// each a perfect shuffle of a piece's rows r and r + 2. Needs both extents >= lanes (a power of two); the
// last blocks are moved back to end at the end.
#include "transpose.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class Transpose : public Halide::Generator<Transpose> {
  public:
    GeneratorParam<int> lanes{"lanes", 4};

    // Halide order, innermost first.
    Input<Buffer<float, 3>> input{"input"};     // y, x, z
    Output<Buffer<float, 3>> output{"output"};  // x, y, z

    void generate() {
        declare("", input, output);
        const int block = lanes;
        const Halide::Expr x_extent = output.dim(0).extent(), y_extent = output.dim(1).extent();
        Halide::Var x("x"), y("y"), z("z"), lane("lane"), row("row"), x_tile("x_tile"), y_tile("y_tile");

        const int piece = std::min(block, 4), half = piece / 2;
        const Halide::Expr first_lane = lane / piece * piece, first_row = row / piece * piece;
        const Halide::Expr in_lane = lane % piece, in_row = row % piece;

        std::vector<Halide::Func> stages(1, Halide::Func("pieces"));
        stages[0](lane, row, x_tile, y_tile, z) =
            input(tile_start(y_tile, block, y_extent) + first_row + in_lane,
                  tile_start(x_tile, block, x_extent) + first_lane + in_row, z);
        for (int round = piece; round > 1; round /= 2) {
            const Halide::Func& before = stages.back();
            const Halide::Expr from = first_lane + row % 2 * half + in_lane / 2,
                               rows = first_row + in_row / 2;
            Halide::Func next("interleaved");
            next(lane, row, x_tile, y_tile, z) =
                Halide::select(lane % 2 == 0, before(from, rows, x_tile, y_tile, z),
                               before(from, rows + half, x_tile, y_tile, z));
            stages.push_back(next);
        }

        Halide::RDom t(0, block, 0, block, 0, tile_count(x_extent, block), 0, tile_count(y_extent, block), 0,
                       output.dim(2).extent(), "tile");
        output(x, y, z) = Halide::undef<float>();
        output(tile_start(t[2], block, x_extent) + t[0], tile_start(t[3], block, y_extent) + t[1], t[4]) =
            stages.back()(t[0], t[1], t[2], t[3], t[4]);

        stages_ = {stages, output, lane, row, t, piece};
        tile_.lanes = block;
    }

    void schedule() { schedules::transpose(stages_, tile_, get_pipeline()); }

  private:
    TransposeStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::Transpose, transpose)
HALIDE_REGISTER_GENERATOR(lcn::generators::Transpose, transpose_streaming)
