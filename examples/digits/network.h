// Layers one after the other, and the loss at their end.
#pragma once

#include <span>
#include <vector>

#include "layer.h"

namespace digits {

class Network {
  public:
    // Throws std::runtime_error when a kernel does not fit what the layer before it gives.
    Network(ImageSize input, std::span<const LayerDescription> descriptions, std::mt19937& random);

    // Takes `batch` images, which must stay until `backward` is done; gives the outputs of the last layer.
    std::span<const float> forward(int64_t batch, const float* images);

    // Takes the gradient of the loss by the outputs of the last forward, overwriting it; sets all gradients.
    void backward(std::span<float> gradient);

    std::vector<Layer>& layers() { return layers_; }
    const std::vector<Layer>& layers() const { return layers_; }

  private:
    std::vector<Layer> layers_;
};

struct Score {
    double loss = 0.0;  // sum over the images of -ln(probability of the label)
    int64_t correct = 0;
};

// Softmax cross-entropy of scores [labels.size()][classes]. Unless null, `gradient`, of the same shape,
// receives the gradient of the mean loss by the scores.
Score softmax_cross_entropy(std::span<const float> scores, std::span<const int> labels, float* gradient);

}  // namespace digits
