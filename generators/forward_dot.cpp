// forward_dot: forward of few filters, for Q positions of one output row that share one valid window. The
// taps of a window row and their filters, contiguous in the weights, run along vectors.
//
//   output[n, q, f] = initial[n, q, f] + sum over plane c, window row i, tap l of
//                                        input[n, c, i, q * position_step + l] * weights[q, c, i, l, f]
//
// Needs images >= rows, which are computed together, and as many taps as a vector holds, lanes / filters. The
// last vector of a row is moved back to end at the end; what it shares with the one before is masked, for it
// must be added once.
#include "forward_dot.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class ForwardDot : public Halide::Generator<ForwardDot> {
  public:
    GeneratorParam<int> filters{"filters", 1}, rows{"rows", 1}, lanes{"lanes", 4};
    GeneratorParam<bool> ragged{"ragged", false};  // taps need not be a multiple of those in a vector
    GeneratorParam<bool> single{"single", false};  // windows are one row
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 4>> input{"input"};      // tap, window row, plane, image
    Input<Buffer<float, 4>> weights{"weights"};  // tap and filter, window row, plane, position
    Input<Buffer<float, 3>> initial{"initial"};  // filter, position, image
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 3>> output{"output"};  // filter, position, image

    void generate() {
        if (single) {
            weights.dim(1).set_extent(1);
            weights.dim(2).set_extent(1);
        }
        declare(fixed, input, weights, initial, output);
        const int group = filters, width = lanes / group;  // a vector's taps
        const Halide::Expr taps = weights.dim(0).extent() / group;
        const Halide::Expr window_rows = weights.dim(1).extent(), planes = weights.dim(2).extent();

        Halide::Var f("filter"), q("position"), n("image"), lane("lane");
        Halide::RDom v(0, taps / width, 0, window_rows, 0, planes, "vectors");
        Halide::RDom r(0, window_rows, 0, planes, "rows");
        auto product = [&](Halide::Expr l, Halide::Expr i, Halide::Expr c) {
            return input(q * position_step + l, i, c, n) * weights(l * group + f, i, c, q);
        };

        Halide::Func partial("partial");
        partial(f, lane, q, n) = 0.0f;
        partial(f, lane, q, n) += product(v[0] * width + lane, v[1], v[2]);
        if (ragged) {
            const Halide::Expr is_new = lane >= width - taps % width;
            partial(f, lane, q, n) += Halide::select(is_new, product(taps - width + lane, r[0], r[1]), 0.0f);
        }
        // The lanes are added in halves, a tree whose order no compiler flag decides.
        std::vector<Halide::Func> halves;
        Halide::Func whole = partial;
        for (int half = width / 2; half > 0; half /= 2) {
            Halide::Func next("half");
            next(f, lane, q, n) = whole(f, lane, q, n) + whole(f, lane + half, q, n);
            halves.push_back(next);
            whole = next;
        }
        output(f, q, n) = Halide::strict_float(initial(f, q, n) + whole(f, 0, q, n));
        output.bound(f, 0, group);

        stages_ = {partial, halves, output, f, lane, q, n, v, r, taps / width == 1};
    }

    void schedule() { schedules::forward_dot(stages_, rows, single); }

  private:
    ForwardDotStages stages_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::ForwardDot, forward_dot)
