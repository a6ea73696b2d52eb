// A network that trains in the memory of a device.
#pragma once

#include "device_layer.h"
#include "network.h"

namespace digits {

// Weights, their gradients, their momentum, activations and the gradients of those stay on the device. In a
// step the images of the batch go there, their scores come back, for the loss is the host's, and the gradient
// of the loss by the scores goes there. Nothing else crosses.
class DeviceNetwork final : public Trainable {
  public:
    // A copy of the network. Its work goes to `queue`.
    DeviceNetwork(const lcn::Queue& queue, const Network& network);

    std::span<const float> forward(int64_t batch, const float* images) override;
    void backward(std::span<float> gradient) override;
    void step(float learning_rate) override { chain_.step(learning_rate); }

    // Brings the weights back to the network that this one is a copy of.
    void copy_weights_to(Network& network) const;

  private:
    Chain<DeviceLayer> chain_;
    int64_t image_, scores_of_image_;  // numbers of one image
    DeviceArray images_, gradient_;
    std::vector<float> scores_;
};

}  // namespace digits
