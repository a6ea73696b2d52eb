// Stochastic gradient descent with momentum.
#pragma once

#include <vector>

#include "layer.h"

namespace digits {

class Momentum {
  public:
    // Trains the parameters of these layers, which must outlive it.
    explicit Momentum(std::vector<Layer>& layers);

    // One step: each velocity becomes 0.9 of itself minus learning_rate times the gradient that the
    // parameters hold, and is added to the values.
    void step(float learning_rate);

  private:
    struct Moving {
        Parameters* parameters;
        std::vector<float> velocity;
    };

    std::vector<Moving> moving_;
};

}  // namespace digits
