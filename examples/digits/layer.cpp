#include "layer.h"

#include <cmath>

#include "check.h"

namespace digits {

namespace {

lcn::Problem problem_of(const ImageSize& input, const LayerDescription& description) {
    lcn::Problem problem;
    problem.input_rows = input.rows;
    problem.input_columns = input.columns;
    problem.channels = input.channels;
    problem.filters = description.filters;
    problem.kernel_rows = problem.kernel_columns = description.kernel_side;
    problem.activation.function = description.function;
    return problem;
}

ImageSize output_size_of(const lcn::Problem& problem) {
    ImageSize size{0, 0, problem.filters};
    check(lcn::output_size(problem, size.rows, size.columns));
    return size;
}

}  // namespace

Layer::Layer(const ImageSize& input, const LayerDescription& description, std::mt19937& random)
    : input_size_(input), problem_(problem_of(input, description)), output_size_(output_size_of(problem_)) {
    const int64_t positions = output_size_.rows * output_size_.columns;
    const int64_t taps = problem_.kernel_rows * problem_.kernel_columns * problem_.channels;
    // He et al. (2015): keeps the variance through a relu, with the fan-in of one position. Every position
    // starts from the same filters, as a convolution, so that the trained ones can be compared.
    std::normal_distribution<float> normal(0.0f, std::sqrt(2.0f / float(taps)));
    std::vector<float> filters(size_t(taps * problem_.filters));
    for (float& weight : filters) weight = normal(random);
    for (int64_t position = 0; position < positions; position++)
        kernel.values.insert(kernel.values.end(), filters.begin(), filters.end());
    kernel.gradient.resize(kernel.values.size());
    bias.values.resize(size_t(output_size_.count()));
    bias.gradient.resize(bias.values.size());
}

lcn::Workspace Layer::workspace(lcn::Operation operation) {
    int64_t bytes = 0;
    check(lcn::workspace_bytes(problem_, operation, bytes));
    if (workspace_.size() < size_t(bytes)) workspace_.resize(size_t(bytes));
    return {workspace_.data(), int64_t(workspace_.size())};
}

const float* Layer::forward(int64_t batch, const float* input) {
    problem_.batch = batch;
    input_ = input;
    output_.resize(size_t(batch * output_size_.count()));
    check(lcn::forward(problem_, input, kernel.values.data(), bias.values.data(), output_.data(), nullptr,
                       workspace(lcn::Operation::forward)));
    return output_.data();
}

void Layer::backward_weights(float* gradient) {
    // For linear and relu the output tells as much as what came before the activation.
    check(lcn::activation_gradient(problem_.activation, problem_.batch * output_size_.count(), output_.data(),
                                   gradient, gradient));
    check(lcn::backward_weights(problem_, input_, gradient, kernel.gradient.data(), bias.gradient.data(),
                                lcn::Update::overwrite, workspace(lcn::Operation::backward_weights)));
}

float* Layer::backward_input(const float* gradient) {
    input_gradient_.resize(size_t(problem_.batch * input_size_.count()));
    check(lcn::backward_input(problem_, gradient, kernel.values.data(), input_gradient_.data(),
                              workspace(lcn::Operation::backward_input)));
    return input_gradient_.data();
}

}  // namespace digits
