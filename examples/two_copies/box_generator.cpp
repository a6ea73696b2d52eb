// The program's own kernel: sums of 2 x 2 pixels, on Halide's threads.
#include <Halide.h>

class Box : public Halide::Generator<Box> {
  public:
    Input<Buffer<float, 2>> input{"input"};
    Output<Buffer<float, 2>> output{"output"};

    void generate() {
        Var x, y;
        output(x, y) = input(x, y) + input(x + 1, y) + input(x, y + 1) + input(x + 1, y + 1);
        output.parallel(y);
    }
};

HALIDE_REGISTER_GENERATOR(Box, box)
