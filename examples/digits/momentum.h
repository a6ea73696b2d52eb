// Stochastic gradient descent with momentum.
#pragma once

#include <vector>

#include "layer.h"

namespace digits {

// What it is made of, for arrays in the processor's memory; device_array.h has the same for those of a
// device.
std::vector<float> zeros_like(const std::vector<float>& array);
// y = a x + b y
void axpby(float a, const std::vector<float>& x, float b, std::vector<float>& y);

// Of layers of either kind, Layer or DeviceLayer.
template <typename AnyLayer>
class Momentum {
  public:
    // Trains the parameters of these layers, which must outlive it.
    explicit Momentum(std::vector<AnyLayer>& layers) {
        for (AnyLayer& layer : layers)
            for (auto* parameters : {&layer.kernel, &layer.bias})
                moving_.push_back({parameters, zeros_like(parameters->values)});
    }

    // One step: each velocity becomes 0.9 of itself minus learning_rate times the gradient that the
    // parameters hold, and is added to the values.
    void step(float learning_rate) {
        for (Moving& moving : moving_) {
            axpby(-learning_rate, moving.parameters->gradient, 0.9f, moving.velocity);
            axpby(1.0f, moving.velocity, 1.0f, moving.parameters->values);
        }
    }

  private:
    struct Moving {
        decltype(AnyLayer::kernel)* parameters;
        decltype(AnyLayer::kernel.values) velocity;
    };

    std::vector<Moving> moving_;
};

}  // namespace digits
