// axpby: output[x] = a * input[x] + b * output[x]
//
// Both products and the sum are rounded, as in a plain loop. Compilers of device code fuse a product with the
// sum that reads it, also in a strict expression; they cannot where the sum reads either the product or,
// for NaN, the operand.
#include "axpby.h"

#include "keep_nan.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class Axpby : public Halide::Generator<Axpby> {
  public:
    GeneratorParam<int> lanes{"lanes", 4};

    Input<Buffer<float, 1>> input{"input"};
    Input<float> a{"a"}, b{"b"};
    Output<Buffer<float, 1>> output{"output"};

    void generate() {
        declare("", input, output);
        output(element_) = Halide::undef<float>();
        const Halide::Expr x = input(element_), y = output(element_);
        output(element_) = keep_nan(x, a * x) + keep_nan(y, b * y);
    }

    void schedule() {
        AxpbyStages stages{output, element_};
        schedules::axpby(stages);
    }

  private:
    Halide::Var element_{"element"};
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::Axpby, axpby)
