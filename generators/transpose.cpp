// transpose: exchanges the two inner dimensions of a stack of matrices.
//
//   output[z, y, x] = input[z, x, y]
//
// A block of lanes x lanes elements is transposed in registers: log2(rows) rounds interleave row r with row
// r + half, which is a perfect shuffle each; after all rounds the elements lie in transposed order. Needs
// both extents >= lanes (a power of two); the last blocks are moved back to end at the end.
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

        std::vector<Halide::Func> stages(1, Halide::Func("interleaved"));
        stages[0](lane, row, x_tile, y_tile, z) =
            input(tile_start(y_tile, block, y_extent) + lane, tile_start(x_tile, block, x_extent) + row, z);
        for (int half = block / 2; half > 0; half /= 2) {
            const Halide::Func& rows_before = stages.back();
            Halide::Func next("interleaved");
            next(lane, row, x_tile, y_tile, z) =
                Halide::select(lane % 2 == 0, rows_before(lane / 2, row, x_tile, y_tile, z),
                               rows_before(lane / 2, row + half, x_tile, y_tile, z));
            stages.push_back(next);
        }

        Halide::RDom t(0, block, 0, block, 0, tile_count(x_extent, block), 0, tile_count(y_extent, block), 0,
                       output.dim(2).extent(), "tile");
        output(x, y, z) = Halide::undef<float>();
        output(tile_start(t[2], block, x_extent) + t[0], tile_start(t[3], block, y_extent) + t[1], t[4]) =
            stages.back()(t[1] * block + t[0], 0, t[2], t[3], t[4]);

        stages_ = {stages, output, lane, row, t};
        tile_.lanes = block;
    }

    void schedule() { schedules::transpose(stages_, tile_, get_pipeline()); }

  private:
    TransposeStages stages_;
    Tile tile_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::Transpose, transpose)
