// Layers of one kind, Layer or DeviceLayer, one after the other, and what trains them.
#pragma once

#include <utility>
#include <vector>

#include "momentum.h"

namespace digits {

template <typename AnyLayer>
class Chain {
  public:
    explicit Chain(std::vector<AnyLayer> all) : layers(std::move(all)), momentum_(layers) {}
    Chain(const Chain&) = delete;  // the momentum points to the layers
    Chain& operator=(const Chain&) = delete;

    // Numbers is where the numbers of a layer of this kind lie: const float*, or memory of a device. Takes
    // `batch` images, which must stay until `backward` is done; gives the outputs of the last layer.
    template <typename Numbers>
    Numbers forward(int64_t batch, Numbers input) {
        for (AnyLayer& layer : layers) input = layer.forward(batch, input);
        return input;
    }

    // Takes the gradient of the loss by the outputs of the last forward, overwriting it; sets all gradients.
    template <typename Numbers>
    void backward(Numbers gradient) {
        for (size_t i = layers.size(); i-- > 0;) {
            layers[i].backward_weights(gradient);
            if (i > 0) gradient = layers[i].backward_input(gradient);
        }
    }

    void step(float learning_rate) { momentum_.step(learning_rate); }

    std::vector<AnyLayer> layers;

  private:
    Momentum<AnyLayer> momentum_;
};

}  // namespace digits
