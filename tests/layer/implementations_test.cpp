// Keras's test `implementation`: a network with the same weights in all three layouts stays the same while it
// learns.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "layouts.h"
#include "lcn/layer.h"
#include "support/random.h"

namespace {

using namespace lcn;
using lcn_test::Random;

// Keras's RMSprop, element by element, with a memory for each parameter.
class RootMeanSquare {
  public:
    void operator()(const Parameter& p) {
        std::vector<float>& squares = squares_[p.name];
        squares.resize(size_t(p.count));
        for (int64_t k = 0; k < p.count; k++) {
            float& square = squares[size_t(k)];
            square = 0.9f * square + 0.1f * p.gradient[k] * p.gradient[k];
            p.values[k] -= 0.01f * p.gradient[k] / (std::sqrt(square) + 1e-7f);
        }
    }

  private:
    std::map<std::string, std::vector<float>> squares_;
};

LayerArguments arguments_of(int64_t implementation, bool first) {
    LayerArguments arguments{2, {3, 2}};
    arguments.strides = {1, 3};
    arguments.data_format = first ? "channels_first" : "channels_last";
    arguments.activation = "relu";
    arguments.kernel_initializer = arguments.bias_initializer = "random_normal";
    arguments.implementation = implementation;
    return arguments;
}

// Two locally connected layers and a dense one, which is a locally connected layer with one position.
struct Network {
    Network(int64_t implementation, bool first) : optimizers(3) {
        for (int k = 0; k < 2; k++) layers.emplace_back(arguments_of(implementation, first));
        layers.emplace_back(LayerArguments{3, 1});
    }

    std::vector<Tensor> forward(const Tensor& input) {
        std::vector<Tensor> tensors = {input};
        for (LocallyConnected2D& layer : layers) {
            if (&layer == &layers.back()) {
                const int64_t batch = tensors.back().shape[0];
                tensors.back().shape = {batch, 1, 1, int64_t(tensors.back().values.size()) / batch};
            }
            tensors.push_back(layer(tensors.back()));
        }
        return tensors;
    }

    // One step on the whole batch, softmax cross-entropy with these classes.
    void train(const Tensor& input, const std::vector<int>& classes) {
        const std::vector<Tensor> tensors = forward(input);
        std::vector<float> gradient = tensors.back().values;
        for (size_t n = 0; n < classes.size(); n++) {
            float sum = 0;
            for (size_t k = 0; k < 3; k++) sum += gradient[3 * n + k] = std::exp(gradient[3 * n + k]);
            for (size_t k = 0; k < 3; k++)
                gradient[3 * n + k] =
                    (gradient[3 * n + k] / sum - float(size_t(classes[n]) == k)) / float(classes.size());
        }
        for (size_t k = 3; k-- > 0;) {
            std::vector<float> input_gradient(tensors[k].values.size());
            layers[k].backward(int64_t(classes.size()), tensors[k].values.data(), nullptr, gradient.data(),
                               input_gradient.data());
            layers[k].update(std::ref(optimizers[k]));
            gradient = input_gradient;
        }
    }

    std::vector<LocallyConnected2D> layers;
    std::vector<RootMeanSquare> optimizers;
};

void copy_weights(Network& from, Network& to, int implementation, bool first) {
    const layouts::Geometry sizes[] = {{7, 6, 2, 2, 3, 2, 1, 3, false, first, 2},
                                       {5, 2, 2, 2, 3, 2, 1, 3, false, first, 2}};
    for (size_t k = 0; k < 3; k++) {
        std::vector<Tensor> weights = from.layers[k].get_weights();
        weights[0].shape = to.layers[k].weight_shapes()[0];
        if (k < 2) weights[0].values = layouts::converted(sizes[k], weights[0].values, implementation);
        to.layers[k].set_weights(weights);
    }
}

void expect_near(const Tensor& a, const Tensor& b, float tolerance) {
    ASSERT_EQ(a.values.size(), b.values.size());
    for (size_t k = 0; k < a.values.size(); k++) EXPECT_NEAR(a.values[k], b.values[k], tolerance) << k;
}

class Implementations : public testing::TestWithParam<bool> {};

TEST_P(Implementations, LearnTheSame) {
    const bool first = GetParam();
    const Tensor input = {first ? Shape{4, 2, 7, 6} : Shape{4, 7, 6, 2}, Random(1).reals(4 * 7 * 6 * 2)};
    const std::vector<int> classes = {0, 2, 1, 2};
    std::vector<Network> networks;
    for (const int64_t implementation : {2, 1, 3}) networks.emplace_back(implementation, first);
    for (Network& network : networks) network.forward(input);  // builds
    const int implementations[] = {2, 1, 3};
    for (size_t k = 1; k < 3; k++) copy_weights(networks[0], networks[k], implementations[k], first);
    const Tensor before = networks[0].forward(input).back();
    for (size_t k = 1; k < 3; k++) expect_near(networks[k].forward(input).back(), before, 1e-5f);
    for (int epoch = 0; epoch < 2; epoch++)
        for (Network& network : networks) network.train(input, classes);
    const Tensor after = networks[0].forward(input).back();
    EXPECT_NE(after.values, before.values);
    for (size_t k = 1; k < 3; k++) expect_near(networks[k].forward(input).back(), after, 2e-4f);
}

INSTANTIATE_TEST_SUITE_P(BothFormats, Implementations, testing::Bool());

}  // namespace
