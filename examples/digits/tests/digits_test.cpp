// The parts of the example that its accuracy alone would not prove.
#include <gtest/gtest.h>
#include <lcn/kernels.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data.h"
#include "device_network.h"
#include "kernels_used.h"
#include "network.h"
#include "training.h"

namespace digits {
namespace {

constexpr LayerDescription small_layers[] = {
    {5, 3, lcn::Function::relu}, {7, 3, lcn::Function::relu}, {classes, 4, lcn::Function::linear}};

std::vector<float> random_images(int64_t count, std::mt19937& random) {
    std::uniform_real_distribution<float> uniform(0.0f, 1.0f);
    std::vector<float> images(size_t(count) * image_size);
    std::generate(images.begin(), images.end(), [&] { return uniform(random); });
    return images;
}

double mean_loss(Network& network, const std::vector<float>& images, const std::vector<int>& labels) {
    const auto count = int64_t(labels.size());
    return softmax_cross_entropy(network.forward(count, images.data()), labels, nullptr).loss / double(count);
}

std::vector<Parameters<std::vector<float>>*> parameters_of(Network& network) {
    std::vector<Parameters<std::vector<float>>*> all;
    for (Layer& layer : network.layers()) all.insert(all.end(), {&layer.kernel, &layer.bias});
    return all;
}

TEST(Digits, GradientsAreTheSlopesOfTheLoss) {
    std::mt19937 random(1);
    Network network({image_side, image_side, 1}, small_layers, random);
    const std::vector<int> labels{3, 1, 4, 1, 5, 9, 2, 6, 5};
    const std::vector<float> images = random_images(int64_t(labels.size()), random);
    std::vector<float> gradient(labels.size() * classes);
    softmax_cross_entropy(network.forward(int64_t(labels.size()), images.data()), labels, gradient.data());
    network.backward(gradient);

    // Along its own gradient the loss of each parameter group must rise by the gradient's length.
    for (auto* parameters : parameters_of(network)) {
        const std::vector<float> values = parameters->values, slope = parameters->gradient;
        const double length = std::sqrt(std::inner_product(slope.begin(), slope.end(), slope.begin(), 0.0));
        ASSERT_GT(length, 1e-3);
        const double reach = 1e-2;
        const auto loss_at = [&](double distance) {
            for (size_t i = 0; i < values.size(); i++)
                parameters->values[i] = values[i] + float(distance * slope[i] / length);
            return mean_loss(network, images, labels);
        };
        EXPECT_NEAR((loss_at(reach) - loss_at(-reach)) / (2 * reach), length, 0.01 * length);
        parameters->values = values;
    }
}

TEST(Digits, SplitHoldsOutAFifthOfEachDigitAndLosesNothing) {
    std::mt19937 random(1);
    Dataset all;
    all.images = random_images(103, random);
    for (int i = 0; i < 103; i++) all.labels.push_back(i % classes);
    const Split split = hold_out_fifth(all, random);
    for (int digit = 0; digit < classes; digit++)
        EXPECT_EQ(2, std::count(split.held_out.labels.begin(), split.held_out.labels.end(), digit));
    EXPECT_EQ(83, split.training.count());

    // The first pixel tells the images apart.
    const auto keys = [](std::initializer_list<const Dataset*> parts) {
        std::vector<std::pair<float, int>> pairs;
        for (const Dataset* part : parts)
            for (size_t i = 0; i < part->labels.size(); i++)
                pairs.emplace_back(part->images[i * image_size], part->labels[i]);
        std::sort(pairs.begin(), pairs.end());
        return pairs;
    };
    EXPECT_EQ(keys({&all}), keys({&split.training, &split.held_out}));
}

TEST(Digits, SplitNeedsFiveOfEachDigit) {
    std::mt19937 random(1);
    const Dataset all{random_images(4, random), {0, 0, 0, 0}};
    EXPECT_THROW(hold_out_fifth(all, random), std::runtime_error);
}

TEST(Digits, ShiftMovesInPaper) {
    std::mt19937 random(1);
    const std::vector<float> image = random_images(1, random);
    std::vector<float> shifted(image_size);
    copy_shifted(image.data(), 1, -1, shifted.data());
    EXPECT_EQ(image[2 * image_side + 3], shifted[3 * image_side + 2]);
    for (int i = 0; i < image_side; i++) {
        EXPECT_EQ(0.0f, shifted[size_t(i)]) << "first row, column " << i;
        EXPECT_EQ(0.0f, shifted[size_t(i * image_side + image_side - 1)]) << "last column, row " << i;
    }
}

TEST(Digits, KernelsOfAnotherTargetAreNoticed) {
    const char* best = "";
    ASSERT_TRUE(lcn::target(best).ok());
    if (std::string(best) == "portable") GTEST_SKIP() << "the active target is portable";
    lcn::forget_kernels_ran();
    EXPECT_THROW(kernels_used(), std::runtime_error) << "none has run";

    std::mt19937 random(1);
    Network network({image_side, image_side, 1}, small_layers, random);
    const std::vector<float> images = random_images(3, random);
    network.forward(3, images.data());
    EXPECT_FALSE(kernels_used().empty());

    ASSERT_TRUE(lcn::set_target("portable").ok());
    network.forward(3, images.data());
    ASSERT_TRUE(lcn::set_target(nullptr).ok());
    EXPECT_THROW(kernels_used(), std::runtime_error);
}

// As in main.cpp, so that PoCL, which takes seconds for each kernel and keeps them, compiles the same ones
// for the program.
constexpr LayerDescription layers_of_program[] = {
    {16, 3, lcn::Function::relu}, {32, 3, lcn::Function::relu}, {classes, 4, lcn::Function::linear}};

class OnDevice : public testing::TestWithParam<const char*> {};

// The device adds in another order than the processor: the same up to rounding.
TEST_P(OnDevice, LearnsWhatTheProcessorLearns) {
    const lcn::Status status = lcn::set_target(GetParam());
    ASSERT_TRUE(lcn::set_target(nullptr).ok());
    if (!status.ok()) GTEST_SKIP() << status.message;
    std::mt19937 random(1);
    const Split data = hold_out_fifth(read_digits(DIGITS_DATA), random);
    Network network({image_side, image_side, 1}, layers_of_program, random);
    lcn::Queue queue;
    queue.target = GetParam();
    DeviceNetwork on_device(queue, network);

    TrainingPlan plan;
    plan.epochs = 3;
    const auto epochs_of = [&](Trainable& trained) {
        std::vector<Epoch> epochs;
        std::mt19937 order(2);
        train(trained, data, plan, order, [&](const Epoch& epoch) { epochs.push_back(epoch); });
        return epochs;
    };
    const std::vector<Epoch> expected = epochs_of(network), actual = epochs_of(on_device);
    for (size_t i = 0; i < expected.size(); i++) {
        EXPECT_NEAR(actual[i].loss, expected[i].loss, 1e-4 * expected[i].loss);
        EXPECT_NEAR(actual[i].held_out_accuracy, expected[i].held_out_accuracy, 0.01);
    }
    EXPECT_LT(expected[2].loss, expected[0].loss / 2);

    const std::vector<float> of_processor = network.layers().front().kernel.values;
    on_device.copy_weights_to(network);
    const std::vector<float>& of_device = network.layers().front().kernel.values;
    EXPECT_NE(of_device, of_processor) << "nothing came back";
    for (size_t i = 0; i < of_device.size(); i++) EXPECT_NEAR(of_device[i], of_processor[i], 1e-3);
}

INSTANTIATE_TEST_SUITE_P(, OnDevice, testing::Values("cuda", "opencl"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace digits
