// backward_input_dot: adds to the gradient of the input what Q positions of one output row contribute. For
// few images: the sum over filters runs along vectors, and the weights are one stream.
//
//   input_gradient[n, c, i, q * position_step + l] += sum over filter f of
//                                                     weights[q, c, i, l, f] * output_gradient[n, q, f]
//
// Needs filters >= lanes. The last vector of filters is moved back to end at the end; what it shares with the
// one before is masked, for it must be added once.
#include "backward_input_dot.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class BackwardInputDot : public Halide::Generator<BackwardInputDot> {
  public:
    GeneratorParam<int> lanes{"lanes", 4};
    GeneratorParam<bool> ragged{"ragged", false};  // filters need not be a multiple of lanes
    GeneratorParam<std::string> fixed{"fixed", ""};

    // Halide order, innermost first.
    Input<Buffer<float, 3>> output_gradient{"output_gradient"};  // filter, position, image
    Input<Buffer<float, 5>> weights{"weights"};                  // filter, tap, window row, plane, position
    Input<int> position_step{"position_step"};
    Output<Buffer<float, 4>> input_gradient{"input_gradient"};  // tap, window row, plane, image

    void generate() {
        declare(fixed, output_gradient, weights, input_gradient);
        const int width = lanes;
        const Halide::Expr filters = weights.dim(0).extent();

        Halide::Var x("x"), l("tap"), i("window_row"), c("plane"), n("image"), q("position"), lane("lane");
        Halide::RDom v(0, filters / width, "vectors");
        auto product = [&](Halide::Expr f) { return weights(f, l, i, c, q) * output_gradient(f, q, n); };

        Halide::Func partial("partial");
        partial(lane, l, i, c, n, q) = 0.0f;
        partial(lane, l, i, c, n, q) += product(v * width + lane);
        if (ragged) {
            const Halide::Expr is_new = lane >= width - filters % width;
            partial(lane, l, i, c, n, q) += Halide::select(is_new, product(filters - width + lane), 0.0f);
        }
        // The lanes are added in halves, a tree whose order no compiler flag decides.
        std::vector<Halide::Func> halves;
        Halide::Func whole = partial;
        for (int half = width / 2; half > 0; half /= 2) {
            Halide::Func next("half");
            next(lane, l, i, c, n, q) = whole(lane, l, i, c, n, q) + whole(lane + half, l, i, c, n, q);
            halves.push_back(next);
            whole = next;
        }

        Halide::RDom t(0, input_gradient.dim(3).extent(), 0, weights.dim(1).extent(), 0,
                       weights.dim(2).extent(), 0, weights.dim(3).extent(), 0, weights.dim(4).extent(),
                       "window");
        input_gradient(x, i, c, n) = Halide::undef<float>();
        add_to(input_gradient(t[4] * position_step + t[1], t[2], t[3], t[0]),
               whole(0, t[1], t[2], t[3], t[0], t[4]));

        stages_ = {partial, halves, input_gradient, lane, v, t};
    }

    void schedule() { schedules::backward_input_dot(stages_); }

  private:
    BackwardInputDotStages stages_;
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::BackwardInputDot, backward_input_dot)
