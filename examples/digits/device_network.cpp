#include "device_network.h"

#include "check.h"

namespace digits {

namespace {

std::vector<DeviceLayer> copies_of(const std::vector<Layer>& layers, const lcn::Queue& queue) {
    std::vector<DeviceLayer> copies;
    for (const Layer& layer : layers) copies.emplace_back(queue, layer);
    return copies;
}

}  // namespace

DeviceNetwork::DeviceNetwork(const lcn::Queue& queue, const Network& network)
    : chain_(copies_of(network.layers(), queue)),
      image_(network.layers().front().input_size().count()),
      scores_of_image_(network.layers().back().output_size().count()),
      images_(queue),
      gradient_(queue) {}

std::span<const float> DeviceNetwork::forward(int64_t batch, const float* images) {
    images_.copy_in({images, size_t(batch * image_)});
    const lcn::DeviceMemory scores = chain_.forward(batch, images_.memory());
    scores_.resize(size_t(batch * scores_of_image_));
    check(lcn::copy_out(images_.queue(), scores_.data(), scores, int64_t(scores_.size() * sizeof(float))));
    return scores_;
}

void DeviceNetwork::backward(std::span<float> gradient) {
    gradient_.copy_in(gradient);
    chain_.backward(gradient_.memory());
}

void DeviceNetwork::copy_weights_to(Network& network) const {
    for (size_t i = 0; i < chain_.layers.size(); i++) {
        chain_.layers[i].kernel.values.copy_out(network.layers()[i].kernel.values);
        chain_.layers[i].bias.values.copy_out(network.layers()[i].bias.values);
    }
}

}  // namespace digits
