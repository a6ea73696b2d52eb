// activation:          output[n, x] = function(before[n, x])
// activation_gradient: output[n, x] = output_gradient[n, x] * function'(before[n, x])
//
// `before` is the value before the activation. Both work in place and NaN stays NaN.
#include "activation.h"

#include "activation_functions.h"
#include "keep_nan.h"

#include LCN_SCHEDULE

namespace lcn::generators {

class Activation : public Halide::Generator<Activation> {
  public:
    GeneratorParam<int> lanes{"lanes", 4};
    GeneratorParam<std::string> function{"function", "relu"};

    // Halide order, innermost first: element, row.
    Input<Buffer<float, 2>> before{"before"};
    Input<float> alpha{"alpha"}, max_value{"max_value"}, threshold{"threshold"};
    Output<Buffer<float, 2>> output{"output"};

    void generate() {
        declare("", before, output);
        const ActivationFunction& f = activation_functions().at(function);
        const Halide::Expr x = before(element_, row_);
        output(element_, row_) = keep_nan(x, f.value(x, {alpha, max_value, threshold}));
    }

    void schedule() {
        ActivationStages stages{output, element_};
        schedules::activation(stages, {1, 1, lanes});
    }

  private:
    Halide::Var element_{"element"}, row_{"row"};
};

class ActivationGradient : public Halide::Generator<ActivationGradient> {
  public:
    GeneratorParam<int> lanes{"lanes", 4};
    GeneratorParam<std::string> function{"function", "relu"};

    // Halide order, innermost first: element, row.
    Input<Buffer<float, 2>> before{"before"}, output_gradient{"output_gradient"};
    Input<float> alpha{"alpha"}, max_value{"max_value"}, threshold{"threshold"};
    Output<Buffer<float, 2>> output{"output"};

    void generate() {
        declare("", before, output_gradient, output);
        const ActivationFunction& f = activation_functions().at(function);
        const Halide::Expr x = before(element_, row_);
        output(element_, row_) =
            output_gradient(element_, row_) * keep_nan(x, f.derivative(x, {alpha, max_value, threshold}));
    }

    void schedule() {
        ActivationStages stages{output, element_};
        schedules::activation(stages, {1, 1, lanes});
    }

  private:
    Halide::Var element_{"element"}, row_{"row"};
};

}  // namespace lcn::generators

HALIDE_REGISTER_GENERATOR(lcn::generators::Activation, activation)
HALIDE_REGISTER_GENERATOR(lcn::generators::ActivationGradient, activation_gradient)
