#include "model/matrix_product.h"

#include <cstddef>
#include <vector>

#include "errors.h"

namespace lcn::tool {

Tensor matrix_product(const Tensor& input, int64_t units, const float* kernel, const float* bias,
                      const Activation& activation) {
    Problem problem;
    problem.channels = input.shape.back();
    problem.batch = int64_t(input.values.size()) / problem.channels;
    problem.filters = units;
    problem.input_rows = problem.input_columns = problem.kernel_rows = problem.kernel_columns = 1;
    problem.activation = activation;
    Tensor output{input.shape, std::vector<float>(size_t(problem.batch * units))};
    output.shape.back() = units;

    int64_t bytes = 0;
    check(workspace_bytes(problem, Operation::forward, bytes));
    std::vector<std::byte> workspace(static_cast<size_t>(bytes));
    check(forward(problem, input.values.data(), kernel, bias, output.values.data(), nullptr,
                  {workspace.data(), bytes}));
    return output;
}

Tensor activated(Tensor input, const Activation& activation) {
    const Shape shape = input.shape;
    const float one = 1.0f;
    input.shape.push_back(1);
    Tensor output = matrix_product(input, 1, &one, nullptr, activation);
    output.shape = shape;
    return output;
}

}  // namespace lcn::tool
