#include "momentum.h"

namespace digits {

Momentum::Momentum(std::vector<Layer>& layers) {
    for (Layer& layer : layers)
        for (Parameters* parameters : {&layer.kernel, &layer.bias})
            moving_.push_back({parameters, std::vector<float>(parameters->values.size())});
}

void Momentum::step(float learning_rate) {
    constexpr float kept = 0.9f;
    for (Moving& moving : moving_) {
        const std::vector<float>& gradient = moving.parameters->gradient;
        std::vector<float>& values = moving.parameters->values;
        for (size_t i = 0; i < values.size(); i++) {
            moving.velocity[i] = kept * moving.velocity[i] - learning_rate * gradient[i];
            values[i] += moving.velocity[i];
        }
    }
}

}  // namespace digits
