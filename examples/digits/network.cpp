#include "network.h"

#include <algorithm>
#include <cmath>

namespace digits {

namespace {

std::vector<Layer> layers_of(ImageSize size, std::span<const LayerDescription> descriptions,
                             std::mt19937& random) {
    std::vector<Layer> layers;
    for (const LayerDescription& description : descriptions) {
        layers.emplace_back(size, description, random);
        size = layers.back().output_size();
    }
    return layers;
}

}  // namespace

Network::Network(ImageSize input, std::span<const LayerDescription> descriptions, std::mt19937& random)
    : chain_(layers_of(input, descriptions, random)) {}

std::span<const float> Network::forward(int64_t batch, const float* images) {
    return {chain_.forward(batch, images), size_t(batch * layers().back().output_size().count())};
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
