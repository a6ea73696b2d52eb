#include "network.h"

#include <algorithm>
#include <cmath>

namespace digits {

Network::Network(ImageSize size, std::span<const LayerDescription> descriptions, std::mt19937& random) {
    for (const LayerDescription& description : descriptions) {
        layers_.emplace_back(size, description, random);
        size = layers_.back().output_size();
    }
}

std::span<const float> Network::forward(int64_t batch, const float* images) {
    std::span<const float> output;
    for (Layer& layer : layers_) {
        output = layer.forward(batch, images);
        images = output.data();
    }
    return output;
}

void Network::backward(std::span<float> gradient) {
    for (size_t i = layers_.size(); i-- > 0;) {
        layers_[i].backward_weights(gradient);
        if (i > 0) gradient = layers_[i].backward_input(gradient);
    }
}

Score softmax_cross_entropy(std::span<const float> scores, std::span<const int> labels, float* gradient) {
    Score total;
    const size_t classes = scores.size() / labels.size();
    for (size_t n = 0; n < labels.size(); n++) {
        const auto image = scores.subspan(n * classes, classes);
        const auto label = size_t(labels[n]);
        const auto largest = std::max_element(image.begin(), image.end());
        double sum = 0.0;
        for (float score : image) sum += std::exp(double(score - *largest));
        total.loss += std::log(sum) - double(image[label] - *largest);
        total.correct += size_t(largest - image.begin()) == label;
        if (!gradient) continue;
        for (size_t c = 0; c < classes; c++) {
            const double probability = std::exp(double(image[c] - *largest)) / sum;
            gradient[n * classes + c] = float((probability - (c == label)) / double(labels.size()));
        }
    }
    return total;
}

}  // namespace digits
