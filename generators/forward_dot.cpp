// forward_dot: forward of one filter, for Q positions of one output row that share one valid window. The taps
// of a window row, contiguous in the input and in the weights, run along vectors.
//
//   output[n, q] = initial[n, q] + sum over plane c, window row i, tap l of
//                                  input[n, c, i, q * position_step + l] * weights[q, c, i, l]
//
// Needs images >= rows, which are computed together, and taps >= lanes. The last vector of a row is moved
// back to end at the end; what it shares with the one before is masked, for it must be added once.
#include "forward_dot.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class ForwardDot : public Halide::Generator<ForwardDot> {
  public:
    GeneratorParam<int> rows{"rows", 1}, lanes{"lanes", 4};
    GeneratorParam<bool> ragged{"ragged", false};  // taps need not be a multiple of lanes
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> input{"input"};      // tap, window row, plane, image
    Input<Buffer<float, 4>> weights{"weights"};  // tap, window row, plane, position
    Input<Buffer<float, 2>> initial{"initial"};  // position, image
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 2>> output{"output"};  // position, image

    void generate() {
        initial.dim(0).set_stride(Halide::Expr());  // one zero for all positions, without a bias
        declare(fixed, input, weights, initial, output);
        const int width = lanes;
        const Halide::Expr taps = weights.dim(0).extent();
        const Halide::Expr window_rows = weights.dim(1).extent(), planes = weights.dim(2).extent();

        Halide::Var q("position"), n("image"), lane("lane");
        Halide::RDom v(0, taps / width, 0, window_rows, 0, planes, "vectors");
        Halide::RDom r(0, window_rows, 0, planes, "rows");
        auto product = [&](Halide::Expr l, Halide::Expr i, Halide::Expr c) {
            return input(q * position_step + l, i, c, n) * weights(l, i, c, q);
        };

        Halide::Func partial("partial");
        partial(lane, q, n) = 0.0f;
        partial(lane, q, n) += product(v[0] * width + lane, v[1], v[2]);
        if (ragged) {
            const Halide::Expr is_new = lane >= width - taps % width;
            partial(lane, q, n) += Halide::select(is_new, product(taps - width + lane, r[0], r[1]), 0.0f);
        }
        // The lanes are added in halves, a tree whose order no compiler flag decides.
        std::vector<Halide::Func> halves;
        Halide::Func whole = partial;
        for (int half = width / 2; half > 0; half /= 2) {
            Halide::Func next("half");
            next(lane, q, n) = whole(lane, q, n) + whole(lane + half, q, n);
            halves.push_back(next);
            whole = next;
        }
        output(q, n) = Halide::strict_float(initial(q, n) + whole(0, q, n));

        stages_ = {partial, halves, output, lane, q, n, v, r};
    }

    void schedule() { schedules::forward_dot(stages_, rows); }

  private:
    ForwardDotStages stages_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::ForwardDot, forward_dot)
