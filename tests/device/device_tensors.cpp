#include "device_tensors.h"

#include <gtest/gtest.h>

#include "lcn/kernels.h"

namespace lcn_test {

namespace {

void allocate(lcn::DeviceBuffer& buffer, int64_t elements) {
    const lcn::Status status = buffer.allocate(elements * 4);
    EXPECT_TRUE(status.ok()) << status.message;
}

void fill(const lcn::Queue& queue, const lcn::DeviceBuffer& buffer, const Floats& values) {
    const lcn::Status status =
        lcn::copy_in(queue, buffer.memory(), values.data(), int64_t(values.size()) * 4);
    EXPECT_TRUE(status.ok()) << status.message;
}

Floats values_of(const lcn::Queue& queue, const lcn::DeviceBuffer& buffer, int64_t elements) {
    Floats values(elements);
    const lcn::Status status = lcn::copy_out(queue, values.data(), buffer.memory(), elements * 4);
    EXPECT_TRUE(status.ok()) << status.message;
    return values;
}

}  // namespace

DeviceTensors::DeviceTensors(const lcn::Queue& q, const Case& of)
    : queue(q),
      c(of),
      input(q),
      kernel(q),
      bias(q),
      output(q),
      before(q),
      output_gradient(q),
      input_gradient(q),
      kernel_gradient(q),
      bias_gradient(q) {
    const reference::Layer& l = c.layer;
    for (lcn::DeviceBuffer* image : {&input, &input_gradient}) allocate(*image, l.input_size());
    for (lcn::DeviceBuffer* weights : {&kernel, &kernel_gradient}) allocate(*weights, l.kernel_size());
    for (lcn::DeviceBuffer* image : {&output, &before, &output_gradient}) allocate(*image, l.output_size());
    for (lcn::DeviceBuffer* biases : {&bias, &bias_gradient}) allocate(*biases, l.bias_size());
}

DeviceTensors::DeviceTensors(const lcn::Queue& q, const Case& of, const Operands& operands)
    : DeviceTensors(q, of) {
    fill(q, input, operands.input);
    fill(q, kernel, operands.kernel);
    fill(q, bias, operands.bias);
    fill(q, output_gradient, operands.output_gradient);
    fill(q, kernel_gradient, operands.kernel_gradient);
    fill(q, bias_gradient, operands.bias_gradient);
}

lcn::Status DeviceTensors::run(lcn::Operation operation) const {
    const lcn::Problem p = problem_of(c);
    switch (operation) {
        case lcn::Operation::forward:
            return lcn::forward(queue, p, input.memory(), kernel.memory(), c.bias ? bias.memory() : 0,
                                output.memory(), c.before ? before.memory() : 0);
        case lcn::Operation::backward_input:
            return lcn::backward_input(queue, p, output_gradient.memory(), kernel.memory(),
                                       input_gradient.memory());
        case lcn::Operation::backward_weights:
            break;
    }
    return lcn::backward_weights(queue, p, input.memory(), output_gradient.memory(), kernel_gradient.memory(),
                                 c.bias ? bias_gradient.memory() : 0,
                                 c.accumulate ? lcn::Update::accumulate : lcn::Update::overwrite);
}

lcn::Status DeviceTensors::activation_gradient() const {
    return lcn::activation_gradient(queue, c.activation, c.layer.output_size(), before.memory(),
                                    output_gradient.memory(), output.memory());
}

Results DeviceTensors::results(lcn::Operation operation) const {
    const reference::Layer& l = c.layer;
    Results results;
    if (operation == lcn::Operation::forward) {
        results.push_back(values_of(queue, output, l.output_size()));
        if (c.before) results.push_back(values_of(queue, before, l.output_size()));
    } else if (operation == lcn::Operation::backward_input) {
        results.push_back(values_of(queue, input_gradient, l.input_size()));
    } else {
        results.push_back(values_of(queue, kernel_gradient, l.kernel_size()));
        if (c.bias) results.push_back(values_of(queue, bias_gradient, l.bias_size()));
    }
    return results;
}

std::vector<std::string> symbols_ran() {
    std::vector<std::string> symbols;
    for (int k = 0; k < lcn::kernel_count(); k++)
        if (lcn::kernel_info(k).ran) symbols.push_back(lcn::kernel_info(k).symbol);
    lcn::forget_kernels_ran();
    return symbols;
}

}  // namespace lcn_test
