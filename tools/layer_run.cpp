#include "layer_run.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "errors.h"
#include "lcn/kernels.h"
#include "shape_text.h"

namespace lcn::tool {

namespace {

Tensor make_tensor(const Shape& shape) {
    const int64_t elements =
        std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<int64_t>());
    return {shape, std::vector<float>(size_t(elements))};
}

// Scratch for the passes of a problem.
class Scratch {
  public:
    Scratch(const Problem& problem, std::initializer_list<Operation> operations) {
        int64_t most = 0;
        for (const Operation operation : operations) {
            int64_t bytes = 0;
            check(workspace_bytes(problem, operation, bytes));
            most = std::max(most, bytes);
        }
        bytes_.resize(size_t(most));
    }
    Workspace workspace() { return {bytes_.data(), int64_t(bytes_.size())}; }

  private:
    std::vector<unsigned char> bytes_;
};

const float* find(const Tensors& tensors, const char* name) {
    const auto found = tensors.find(name);
    return found == tensors.end() ? nullptr : found->second.values.data();
}

}  // namespace

Problem problem_for(const LayerConfig& layer, const Shape& input) {
    const Shape& known = layer.batch_input_shape;
    const bool agrees = known.empty() ||
                        std::equal(known.begin(), known.end(), input.begin(), input.end(),
                                   [](int64_t size, int64_t actual) { return size == -1 || size == actual; });
    if (input.size() != 4 || !agrees)
        throw std::runtime_error("tensor \"input\": shape " + layer::to_string(input) + ", expected " +
                                 (agrees ? "4 dimensions" : "batch_input_shape " + layer::to_string(known)));
    Problem problem = layer.problem;
    const bool first = problem.data_format == DataFormat::channels_first;
    problem.batch = input[0];
    problem.channels = input[first ? 1 : 3];
    problem.input_rows = input[first ? 2 : 1];
    problem.input_columns = input[first ? 3 : 2];
    int64_t rows = 0, columns = 0;
    check(output_size(problem, rows, columns));
    return problem;
}

LayerShapes layer_shapes(const Problem& p) {
    int64_t rows = 0, columns = 0;
    check(output_size(p, rows, columns));
    const bool first = p.data_format == DataFormat::channels_first;
    return {first ? Shape{p.batch, p.channels, p.input_rows, p.input_columns}
                  : Shape{p.batch, p.input_rows, p.input_columns, p.channels},
            {rows * columns, p.kernel_rows * p.kernel_columns * p.channels, p.filters},
            {rows, columns, p.filters},
            first ? Shape{p.batch, p.filters, rows, columns} : Shape{p.batch, rows, columns, p.filters}};
}

Tensors run_layer(const Problem& problem, const Tensors& given) {
    const LayerShapes shapes = layer_shapes(problem);
    const float *input = find(given, "input"), *kernel = find(given, "kernel"), *bias = find(given, "bias");
    const float* output_gradient = find(given, "grad_output");
    Scratch scratch(problem, {Operation::forward, Operation::backward_input, Operation::backward_weights});
    Tensors results;

    Tensor& output = results["output"] = make_tensor(shapes.output);
    if (!output_gradient) {
        check(forward(problem, input, kernel, bias, output.values.data(), nullptr, scratch.workspace()));
        return results;
    }
    Tensor before = make_tensor(shapes.output);
    check(forward(problem, input, kernel, bias, output.values.data(), before.values.data(),
                  scratch.workspace()));

    float* const before_gradient = before.values.data();
    check(activation_gradient(problem.activation, int64_t(before.values.size()), before.values.data(),
                              output_gradient, before_gradient));
    Tensor& input_gradient = results["grad_input"] = make_tensor(shapes.input);
    check(
        backward_input(problem, before_gradient, kernel, input_gradient.values.data(), scratch.workspace()));
    Tensor& kernel_gradient = results["grad_kernel"] = make_tensor(shapes.kernel);
    float* bias_gradient = nullptr;
    if (bias) bias_gradient = (results["grad_bias"] = make_tensor(shapes.bias)).values.data();
    check(backward_weights(problem, input, before_gradient, kernel_gradient.values.data(), bias_gradient,
                           Update::overwrite, scratch.workspace()));
    return results;
}

std::vector<std::string> kernels_ran(const std::string& target) {
    std::vector<std::string> symbols;
    for (int k = 0; k < kernel_count(); k++) {
        const KernelInfo kernel = kernel_info(k);
        if (!kernel.ran) continue;
        if (kernel.target != target)
            throw std::runtime_error(std::string("kernel ") + kernel.symbol +
                                     " ran, which is not of target " + target);
        symbols.push_back(kernel.symbol);
    }
    return symbols;
}

}  // namespace lcn::tool
