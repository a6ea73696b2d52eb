#include "device_layer.h"

#include "check.h"

namespace digits {

DeviceLayer::DeviceLayer(const lcn::Queue& queue, const Layer& layer)
    : kernel{{queue, layer.kernel.values}, {queue, layer.kernel.gradient}},
      bias{{queue, layer.bias.values}, {queue, layer.bias.gradient}},
      queue_(queue),
      problem_(layer.problem()),
      input_image_(layer.input_size().count()),
      output_image_(layer.output_size().count()),
      output_(queue),
      input_gradient_(queue) {}

lcn::DeviceMemory DeviceLayer::forward(int64_t batch, lcn::DeviceMemory input) {
    problem_.batch = batch;
    input_ = input;
    output_.resize(batch * output_image_);
    check(lcn::forward(queue_, problem_, input, kernel.values.memory(), bias.values.memory(),
                       output_.memory(), 0));
    return output_.memory();
}

void DeviceLayer::backward_weights(lcn::DeviceMemory gradient) {
    // For linear and relu the output tells as much as what came before the activation.
    check(lcn::activation_gradient(queue_, problem_.activation, output_.count(), output_.memory(), gradient,
                                   gradient));
    check(lcn::backward_weights(queue_, problem_, input_, gradient, kernel.gradient.memory(),
                                bias.gradient.memory(), lcn::Update::overwrite));
}

lcn::DeviceMemory DeviceLayer::backward_input(lcn::DeviceMemory gradient) {
    input_gradient_.resize(problem_.batch * input_image_);
    check(lcn::backward_input(queue_, problem_, gradient, kernel.values.memory(), input_gradient_.memory()));
    return input_gradient_.memory();
}

}  // namespace digits
