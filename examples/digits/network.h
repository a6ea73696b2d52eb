// Layers one after the other, and the loss at their end.
#pragma once

#include <span>
#include <vector>

#include "chain.h"
#include "layer.h"

namespace digits {

// A network as its trainer sees it, wherever its numbers live.
class Trainable {
  public:
    virtual ~Trainable() = default;

    // Takes `batch` images, which must stay until `backward` is done; gives the outputs of the last layer,
    // valid until the next forward.
    virtual std::span<const float> forward(int64_t batch, const float* images) = 0;
    // Takes the gradient of the loss by the outputs of the last forward, and may overwrite it; sets all
    // gradients.
    virtual void backward(std::span<float> gradient) = 0;
    // Moves all weights along their gradients, downwards.
    virtual void step(float learning_rate) = 0;
};

// A network on the processor.
class Network final : public Trainable {
  public:
    // Throws std::runtime_error when a kernel does not fit what the layer before it gives.
    Network(ImageSize input, std::span<const LayerDescription> descriptions, std::mt19937& random);

    std::span<const float> forward(int64_t batch, const float* images) override;
    void backward(std::span<float> gradient) override { chain_.backward(gradient.data()); }
    void step(float learning_rate) override { chain_.step(learning_rate); }

    std::vector<Layer>& layers() { return chain_.layers; }
    const std::vector<Layer>& layers() const { return chain_.layers; }

  private:
    Chain<Layer> chain_;
};

struct Score {
    double loss = 0.0;  // sum over the images of -ln(probability of the label)
    int64_t correct = 0;
};

// Softmax cross-entropy of scores [labels.size()][classes]. Unless null, `gradient`, of the same shape,
// receives the gradient of the mean loss by the scores.
Score softmax_cross_entropy(std::span<const float> scores, std::span<const int> labels, float* gradient);

}  // namespace digits
