// Gradients, losses, updates and constraints.
#include <gtest/gtest.h>

#include <cmath>

#include "lcn/layer.h"
#include "support/random.h"

namespace {

using namespace lcn;
using lcn_test::Random;

Tensor random_tensor(const Shape& shape, uint64_t seed) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return {shape, Random(seed).reals(count)};
}

double dot(const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (size_t k = 0; k < a.values.size(); k++) sum += double(a.values[k]) * b.values[k];
    return sum;
}

std::vector<LayerArguments> some_layers() {
    std::vector<LayerArguments> all;
    for (const char* format : {"channels_last", "channels_first"})
        for (const char* padding : {"valid", "same"})
            for (int64_t implementation = 1; implementation <= 3; implementation++)
                for (const char* activation : {"linear", "tanh", "softmax"}) {
                    if (implementation == 1 && std::string(padding) == "same") continue;
                    LayerArguments arguments{3, {3, 2}};
                    arguments.strides = {1, 2};
                    arguments.padding = padding;
                    arguments.data_format = format;
                    arguments.activation = activation;
                    arguments.kernel_initializer =
                        R"({"class_name": "RandomNormal", "config": {"stddev": 0.3, "seed": 1}})";
                    arguments.implementation = implementation;
                    all.push_back(arguments);
                }
    return all;
}

const Shape input_shape = {2, 5, 6, 4};

// The derivative of sum(output * g) along a random direction, by differences.
TEST(Gradients, AreTheDerivativesOfTheOutput) {
    for (const LayerArguments& arguments : some_layers()) {
        LocallyConnected2D layer(arguments);
        const Tensor input = random_tensor(input_shape, 1);
        const Tensor g = random_tensor(layer(input).shape, 2);
        const LocallyConnected::Gradients gradients = layer.gradients(input, g);
        const std::vector<Tensor> weights = layer.get_weights();
        const std::vector<Tensor> along = {random_tensor(input.shape, 3), random_tensor(weights[0].shape, 4),
                                           random_tensor(weights[1].shape, 5)};
        const std::vector<const Tensor*> expected = {&gradients.input, &gradients.kernel, &gradients.bias};
        for (size_t which = 0; which < 3; which++) {
            const float step = 1.0f / 256;
            double values[2];
            for (const int side : {0, 1}) {
                std::vector<Tensor> moved = {input, weights[0], weights[1]};
                for (size_t k = 0; k < moved[which].values.size(); k++)
                    moved[which].values[k] += (side ? step : -step) * along[which].values[k];
                layer.set_weights({moved[1], moved[2]});
                values[side] = dot(layer(moved[0]), g);
            }
            layer.set_weights(weights);
            const double derivative = (values[1] - values[0]) / (2.0 * step);
            EXPECT_NEAR(dot(*expected[which], along[which]), derivative, 2e-3 * (1 + std::abs(derivative)))
                << which << " " << layer.get_config();
        }
    }
}

struct Step {
    std::vector<std::vector<float>> values, gradients;
};

// What update() hands out; the weights are left as they are.
Step look(LocallyConnected2D& layer) {
    Step step;
    layer.update([&](const Parameter& p) {
        step.values.emplace_back(p.values, p.values + p.count);
        step.gradients.emplace_back(p.gradient, p.gradient + p.count);
    });
    return step;
}

TEST(Backward, AddsUpWhatGradientsGives) {
    for (LayerArguments arguments : some_layers()) {
        if (arguments.implementation != 1) continue;  // whose order of elements is Keras's
        LocallyConnected2D layer(arguments);
        const Tensor input = random_tensor(input_shape, 1);
        Tensor output = layer(input), before = output;
        layer.call(2, input.values.data(), output.values.data(), before.values.data());
        const Tensor g = random_tensor(output.shape, 2);
        const LocallyConnected::Gradients expected = layer.gradients(input, g);
        for (const float* given :
             {static_cast<const float*>(nullptr), static_cast<const float*>(before.values.data())}) {
            std::vector<float> input_gradient(input.values.size());
            layer.backward(2, input.values.data(), given, g.values.data(), input_gradient.data());
            EXPECT_EQ(input_gradient, expected.input.values);
            const Step once = look(layer);
            ASSERT_EQ(once.gradients.size(), 2u);
            EXPECT_EQ(once.gradients[0], expected.kernel.values);
            EXPECT_EQ(once.gradients[1], expected.bias.values);
        }
        layer.backward(2, input.values.data(), nullptr, g.values.data(), nullptr);
        layer.backward(2, input.values.data(), nullptr, g.values.data(), nullptr);
        const Step twice = look(layer);
        for (size_t k = 0; k < twice.gradients[0].size(); k++)
            EXPECT_NEAR(twice.gradients[0][k], 2 * expected.kernel.values[k], 1e-4);
        EXPECT_EQ(look(layer).gradients[0], std::vector<float>(expected.kernel.values.size())) << "cleared";
    }
}

// Keras's test `2d_regularization`.
TEST(Losses, AreTwoAfterBuildAndThreeAfterACall) {
    LayerArguments arguments{3, 3};
    arguments.kernel_regularizer = arguments.bias_regularizer = arguments.activity_regularizer = "l2";
    LocallyConnected2D layer(arguments);
    layer.build({2, 6, 7, 4});
    EXPECT_EQ(layer.losses().size(), 2u);
    const Tensor output = layer({{2, 6, 7, 4}, std::vector<float>(2 * 6 * 7 * 4, 1.0f)});
    const std::vector<float> losses = layer.losses();
    ASSERT_EQ(losses.size(), 3u);
    const std::vector<Tensor> weights = layer.get_weights();
    EXPECT_NEAR(losses[0], 0.01 * dot(output, output) / 2, 1e-6);
    EXPECT_NEAR(losses[1], 0.01 * dot(weights[0], weights[0]), 1e-6);
    EXPECT_EQ(losses[2], 0.0f);
}

// sum(losses()) as a function of a weight, by differences: also the weights of implementation 2 outside all
// windows.
TEST(Update, BringsTheGradientsOfTheRegularizers) {
    for (int64_t implementation = 1; implementation <= 3; implementation++) {
        LayerArguments arguments{2, 3};
        arguments.implementation = implementation;
        arguments.kernel_initializer = "random_normal";
        arguments.kernel_regularizer = R"({"class_name": "L1L2", "config": {"l1": 0.5, "l2": 0.25}})";
        LocallyConnected2D layer(arguments);
        layer.build({1, 4, 5, 2});
        const Step step = look(layer);
        size_t count = 0;
        double loss = 0;
        for (size_t which = 0; which + 1 < step.values.size(); which++)
            for (size_t k = 0; k < step.values[which].size(); k++, count++) {
                const float w = step.values[which][k];
                loss += 0.5 * std::abs(w) + 0.25 * w * w;
                EXPECT_NEAR(step.gradients[which][k], (w > 0 ? 0.5f : -0.5f) + 0.5f * w, 1e-6) << which;
            }
        EXPECT_EQ(step.values.size(), implementation == 2 ? 3u : 2u);
        EXPECT_EQ(int64_t(count) + 12, layer.count_params());
        EXPECT_NEAR(layer.losses()[0], loss, 1e-5 * loss);
    }
}

TEST(Update, DecaysWeightsOutsideTheWindowsAsKerasDoes) {
    LayerArguments arguments{1, 2};
    arguments.implementation = 2;
    arguments.kernel_initializer = "ones";
    arguments.kernel_regularizer = "l2";
    LocallyConnected2D layer(arguments);
    layer.build({1, 3, 3, 1});
    layer.update([](const Parameter& p) {
        for (int64_t k = 0; k < p.count; k++) p.values[k] -= p.gradient[k];
    });
    const std::vector<Tensor> weights = layer.get_weights();
    for (const float weight : weights[0].values) EXPECT_FLOAT_EQ(weight, 1 - 0.02f);
}

TEST(Update, LeavesALayerAloneThatIsNotTrainable) {
    LayerArguments arguments{1, 2};
    arguments.trainable = false;
    arguments.kernel_constraint = R"({"class_name": "MaxNorm", "config": {"max_value": 0.001}})";
    LocallyConnected2D layer(arguments);
    const Tensor input = random_tensor({1, 3, 3, 1}, 1);
    const Tensor output = layer(input);
    layer.backward(1, input.values.data(), nullptr, output.values.data(), nullptr);
    layer.update([](const Parameter&) { FAIL() << "no parameter is trainable"; });
    EXPECT_EQ(layer(input).values, output.values);
}

TEST(Update, AppliesConstraintsAfterTheRule) {
    LayerArguments arguments{2, 2};
    arguments.kernel_constraint = arguments.bias_constraint = "non_neg";
    LocallyConnected2D layer(arguments);
    layer.build({1, 4, 4, 1});
    layer.update([](const Parameter& p) {
        for (int64_t k = 0; k < p.count; k++) p.values[k] = k % 2 ? -1.0f : 1.0f;
    });
    for (const Tensor& weight : layer.get_weights())
        for (size_t k = 0; k < weight.values.size(); k++) EXPECT_EQ(weight.values[k], k % 2 ? 0.0f : 1.0f);
}

// A rule that throws leaves gradients that the next step finds as they were.
TEST(Update, AddsARegularizersGradientOnceAStep) {
    LayerArguments arguments{1, 2};
    arguments.kernel_initializer = "ones";
    arguments.kernel_regularizer = R"({"class_name": "L1", "config": {"l1": 1}})";
    LocallyConnected2D layer(arguments);
    layer.build({1, 3, 3, 1});
    const auto fail = [](const Parameter&) { throw std::runtime_error("on the way"); };
    for (int k = 0; k < 3; k++) EXPECT_THROW(layer.update(fail), std::runtime_error);
    EXPECT_EQ(layer.parameters().at(0).gradient[0], 1.0f);
    EXPECT_EQ(look(layer).gradients[0][0], 1.0f);
    EXPECT_THROW(layer.update(nullptr), std::invalid_argument);
    EXPECT_EQ(layer.parameters().at(0).gradient[0], 1.0f);
    layer.clear_gradients();
    EXPECT_EQ(look(layer).gradients[0][0], 1.0f);
}

TEST(Update, AsksARegularizerAgainThatThrew) {
    bool throws = false;
    LayerArguments arguments{1, 2};
    arguments.kernel_regularizer = R"({"class_name": "L1", "config": {"l1": 1}})";
    arguments.kernel_initializer = "ones";
    arguments.bias_regularizer = RegularizerFunction{[](const Shape&, const float*) { return 0.0; },
                                                     [&](const Shape&, const float*, float* gradient) {
                                                         if (throws) throw std::runtime_error("on the way");
                                                         gradient[0] += 5;
                                                     }};
    LocallyConnected2D layer(arguments);
    layer.build({1, 3, 3, 1});
    throws = true;
    EXPECT_THROW(layer.parameters(), std::runtime_error);
    throws = false;
    for (int k = 0; k < 2; k++) {
        const std::vector<Parameter> parameters = layer.parameters();
        EXPECT_EQ(parameters.at(0).gradient[0], 1.0f);
        EXPECT_EQ(parameters.at(1).gradient[0], 5.0f);
    }
}

TEST(Update, DropsTheGradientsOfALayerThatIsNotTrainable) {
    LocallyConnected2D layer({1, 2});
    const Tensor input = random_tensor({1, 3, 3, 1}, 1);
    const Tensor output = layer(input);
    layer.backward(1, input.values.data(), nullptr, output.values.data(), nullptr);
    EXPECT_NE(layer.parameters().at(0).gradient[0], 0.0f);
    layer.set_trainable(false);
    EXPECT_TRUE(layer.parameters().empty());
    layer.update([](const Parameter&) {});
    layer.set_trainable(true);
    const Step step = look(layer);
    for (const float gradient : step.gradients[0]) EXPECT_EQ(gradient, 0.0f);
}

// Taps outside the image are no weights: no rule can put anything there.
TEST(Update, DoesNotTouchTapsOutsideTheImage) {
    LayerArguments arguments{2, 3};
    arguments.padding = "same";
    arguments.implementation = 3;
    arguments.kernel_regularizer = "l1";
    LocallyConnected2D layer(arguments);
    layer.build({1, 4, 4, 1});
    layer.update([](const Parameter& p) { std::fill_n(p.values, p.count, 1.0f); });
    const double weights = double(layer.weight_shapes()[0][0]);
    EXPECT_NEAR(layer.losses()[0], 0.01 * weights, 1e-5);
}

// The gradient of the loss of the activity goes through the output and is divided by the batch.
TEST(Backward, BringsTheGradientOfTheActivity) {
    LayerArguments arguments{2, 2};
    arguments.activation = "tanh";
    arguments.activity_regularizer = "l2";
    LocallyConnected2D layer(arguments);
    const Tensor input = random_tensor({3, 4, 4, 2}, 1);
    const Tensor output = layer(input);
    Tensor g = output;
    for (float& value : g.values) value *= 2 * 0.01f / 3;
    const LocallyConnected::Gradients expected = layer.gradients(input, g);
    const std::vector<float> nothing(output.values.size());
    std::vector<float> input_gradient(input.values.size());
    layer.backward(3, input.values.data(), nullptr, nothing.data(), input_gradient.data());
    for (size_t k = 0; k < input_gradient.size(); k++)
        EXPECT_NEAR(input_gradient[k], expected.input.values[k], 1e-7);
    const Step step = look(layer);
    for (size_t k = 0; k < step.gradients[0].size(); k++)
        EXPECT_NEAR(step.gradients[0][k], expected.kernel.values[k], 1e-7);
}

TEST(OwnFunctions, AreUsedAndCannotBeWritten) {
    LayerArguments arguments{1, 1};
    arguments.activation = ActivationFunction{
        [](const Shape& shape, const float* before, float* output) {
            EXPECT_EQ(shape, (Shape{1, 2, 2, 1}));
            for (int k = 0; k < 4; k++) output[k] = before[k] * before[k];
        },
        [](const Shape&, const float* before, const float* output_gradient, float* before_gradient) {
            for (int k = 0; k < 4; k++) before_gradient[k] = 2 * before[k] * output_gradient[k];
        }};
    arguments.kernel_initializer = [](const Shape& shape, float* values) {
        EXPECT_EQ(shape, (Shape{4, 1, 1}));
        for (int k = 0; k < 4; k++) values[k] = float(k);
    };
    arguments.kernel_regularizer =
        RegularizerFunction{[](const Shape&, const float* values) { return double(values[3]); },
                            [](const Shape&, const float*, float* gradient) { gradient[3] += 1; }};
    arguments.kernel_constraint = [](const Shape&, float* values) { values[0] = 7; };
    LocallyConnected2D layer(arguments);
    const Tensor input = {{1, 2, 2, 1}, {1, 2, 3, 4}};
    EXPECT_EQ(layer(input).values, (std::vector<float>{0, 4, 36, 144}));
    EXPECT_EQ(layer.gradients(input, {{1, 2, 2, 1}, {1, 1, 1, 1}}).input.values,
              (std::vector<float>{0, 4, 24, 72}));
    EXPECT_EQ(layer.losses(), (std::vector<float>{3}));
    EXPECT_EQ(look(layer).gradients[0], (std::vector<float>{0, 0, 0, 1}));
    EXPECT_EQ(layer.get_weights()[0].values, (std::vector<float>{7, 1, 2, 3}));
    EXPECT_THROW(layer.get_config(), std::logic_error);
}

}  // namespace
