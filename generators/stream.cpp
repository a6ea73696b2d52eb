// stream: copies results that will not be read soon past the caches.
//
//   output[x] = input[x]
//
// The extent must be a multiple of vectors * lanes; whether stores really bypass the caches is the schedule's
// matter.
#include "stream.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class Stream : public Halide::Generator<Stream> {
  public:
    GeneratorParam<int> vectors{"vectors", 1}, lanes{"lanes", 4};
    Input<Buffer<float, 1>> input{"input"};
    Output<Buffer<float, 1>> output{"output"};

    void generate() {
        declare("", input, output);
        const Tile tile{1, vectors, lanes};
        const int step = tile.vectors * tile.lanes;
        Halide::Var x("x");
        Halide::RDom t(0, tile.lanes, 0, tile.vectors, 0, output.dim(0).extent() / step, "tile");
        const Halide::Expr element = t[2] * step + t[1] * tile.lanes + t[0];
        output(x) = Halide::undef<float>();
        output(element) = input(element);
        stages_ = {output, t};
    }

    void schedule() { schedules::stream(stages_); }

  private:
    StreamStages stages_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::Stream, stream)
