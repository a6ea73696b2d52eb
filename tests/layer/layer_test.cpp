// The layer itself: shapes, weights, calls, as Keras's page and Keras's own tests have them.
#include "lcn/layer.h"

#include <gtest/gtest.h>

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cstdlib>
#include <numeric>
#include <thread>

#include "layouts.h"
#include "lcn/lcn.h"
#include "support/cut_small_work.h"
#include "support/random.h"

namespace {

using namespace lcn;
using lcn_test::Random;

Tensor counting(const Shape& shape, float first, float step = 1) {
    Tensor tensor{shape, {}};
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    for (int64_t k = 0; k < count; k++) tensor.values.push_back(first + step * float(k));
    return tensor;
}

Tensor random_tensor(const Shape& shape, uint64_t seed) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return {shape, Random(seed).reals(count)};
}

TEST(Layer, IsTheExampleOfKerasPage) {
    LocallyConnected2D first({64, {3, 3}}), second({32, {3, 3}});
    const Tensor middle = first(random_tensor({1, 32, 32, 3}, 1));
    EXPECT_EQ(middle.shape, (Shape{1, 30, 30, 64}));
    const Tensor last = second(middle);
    EXPECT_EQ(last.shape, (Shape{1, 28, 28, 32}));
    EXPECT_EQ(first.count_params(), 1'612'800);
    EXPECT_EQ(second.count_params(), 14'475'776);
}

struct Vector {
    const char* name;
    int implementation;
    const char *padding, *format;
    std::vector<float> output, with_bias;
};

// What Keras's operations give for H = 2, W = 3, C = 2, F = 2, kernel (2, 2): input 1..12, kernel 0, 1, 2,
// ...
const Vector vectors[] = {
    {"i1_cl", 1, "valid", "channels_last", {424, 468, 1496, 1556}, {1424, 2468, 4496, 5556}},
    {"i1_cf", 1, "valid", "channels_first", {460, 1412, 508, 1468}, {1460, 3412, 3508, 5468}},
    {"i3_cl", 3, "valid", "channels_last", {212, 564, 1228, 1708}, {1212, 2564, 4228, 5708}},
    {"i3_cf", 3, "valid", "channels_first", {230, 706, 998, 1602}, {1230, 2706, 3998, 5602}},
    {"i2_cl", 2, "valid", "channels_last", {1120, 1164, 2008, 2068}, {}},
    {"i2_cf", 2, "valid", "channels_first", {1328, 1768, 1424, 1880}, {}},
    {"i3_cl_same",
     3,
     "same",
     "channels_last",
     {2, 8, 60, 100, 248, 320, 400, 472, 1444, 1796, 2908, 3388},
     {}},
    {"i3_cf_same",
     3,
     "same",
     "channels_first",
     {7, 76, 178, 268, 902, 1490, 247, 616, 838, 928, 2342, 3170},
     {}},
};

class KerasVector : public testing::TestWithParam<Vector> {};

TEST_P(KerasVector, ComesOutExactly) {
    const Vector& v = GetParam();
    LayerArguments arguments{2, {2, 2}};
    arguments.implementation = v.implementation;
    arguments.padding = v.padding;
    arguments.data_format = v.format;
    const bool first = std::string(v.format) == "channels_first";
    const Tensor input = counting(first ? Shape{1, 2, 2, 3} : Shape{1, 2, 3, 2}, 1);
    for (const bool with_bias : {false, true}) {
        if (with_bias && v.with_bias.empty()) continue;
        arguments.use_bias = with_bias;
        LocallyConnected2D layer(arguments);
        layer.build(input.shape);
        std::vector<Tensor> weights = {counting(layer.weight_shapes()[0], 0)};
        if (with_bias) weights.push_back(counting(layer.weight_shapes()[1], 1000, 1000));
        layer.set_weights(weights);
        EXPECT_EQ(layer(input).values, with_bias ? v.with_bias : v.output);
    }
}

INSTANTIATE_TEST_SUITE_P(Every, KerasVector, testing::ValuesIn(vectors),
                         [](const testing::TestParamInfo<Vector>& info) { return info.param.name; });

// The table of Keras's test `2d`: input (8, 6, 10, 4) for both formats, kernel 3, filters 3.
TEST(Layer, HasTheShapesOfKerasTest2d) {
    struct Row {
        const char *format, *padding;
        int64_t stride;
        Shape output, kernel1, kernel2;
        int64_t kernel3;
        Shape bias;
    };
    const Row rows[] = {
        {"channels_last", "valid", 1, {8, 4, 8, 3}, {32, 36, 3}, {6, 10, 4, 4, 8, 3}, 3456, {4, 8, 3}},
        {"channels_last", "valid", 2, {8, 2, 4, 3}, {8, 36, 3}, {6, 10, 4, 2, 4, 3}, 864, {2, 4, 3}},
        {"channels_last", "same", 1, {8, 6, 10, 3}, {}, {6, 10, 4, 6, 10, 3}, 5376, {6, 10, 3}},
        {"channels_first", "valid", 1, {8, 3, 8, 2}, {16, 54, 3}, {6, 10, 4, 3, 8, 2}, 2592, {8, 2, 3}},
        {"channels_first", "valid", 2, {8, 3, 4, 1}, {4, 54, 3}, {6, 10, 4, 3, 4, 1}, 648, {4, 1, 3}},
        {"channels_first", "same", 1, {8, 3, 10, 4}, {}, {6, 10, 4, 3, 10, 4}, 5040, {10, 4, 3}},
    };
    for (const Row& row : rows)
        for (int implementation = row.kernel1.empty() ? 2 : 1; implementation <= 3; implementation++) {
            LayerArguments arguments{3, 3};
            arguments.strides = row.stride;
            arguments.padding = row.padding;
            arguments.data_format = row.format;
            arguments.implementation = implementation;
            arguments.kernel_regularizer = arguments.bias_regularizer = "l2";
            LocallyConnected2D layer(arguments);
            const Shape input = {8, 6, 10, 4};
            EXPECT_EQ(layer.compute_output_shape(input), row.output);
            EXPECT_EQ(layer.compute_output_shape({unknown, 6, 10, 4})[0], unknown);
            EXPECT_EQ(layer(random_tensor(input, 3)).shape, row.output);
            const Shape kernels[] = {row.kernel1, row.kernel2, {row.kernel3}};
            EXPECT_EQ(layer.weight_shapes(), (std::vector<Shape>{kernels[implementation - 1], row.bias}));
            const std::vector<Tensor> weights = layer.get_weights();
            layer.set_weights(weights);
            EXPECT_EQ(layer.get_weights()[0].values, weights[0].values);

            // The configuration and the weights make the same layer again.
            LocallyConnected2D again = LocallyConnected2D::from_config(layer.get_config());
            again.build(input);
            again.set_weights(weights);
            EXPECT_EQ(again(random_tensor(input, 4)).values, layer(random_tensor(input, 4)).values);
        }
}

// One layer's weights in three layouts give the same numbers, bit for bit.
TEST(Layer, ComputesTheSameWithEveryImplementation) {
    for (const bool first : {false, true}) {
        const Tensor input = random_tensor(first ? Shape{2, 8, 7, 6} : Shape{2, 7, 6, 8}, 5);
        const layouts::Geometry geometry = {7, 6, 8, 5, 3, 2, 2, 1, false, first, 2};
        LayerArguments arguments{5, {3, 2}};
        arguments.strides = {2, 1};
        arguments.data_format = first ? "channels_first" : "channels_last";
        arguments.activation = "tanh";
        arguments.bias_initializer = "random_normal";
        arguments.implementation = 2;
        LocallyConnected2D dense(arguments);
        const Tensor output = dense(input);
        const std::vector<Tensor> weights = dense.get_weights();
        for (const int implementation : {1, 3}) {
            arguments.implementation = implementation;
            LocallyConnected2D other(arguments);
            other.build(input.shape);
            other.set_weights(
                {{other.weight_shapes()[0], layouts::converted(geometry, weights[0].values, implementation)},
                 weights[1]});
            EXPECT_EQ(other(input).values, output.values) << first << implementation;

            LocallyConnected2D copied(arguments);
            copied.build(input.shape);
            copied.copy_weights(dense);
            EXPECT_EQ(copied.get_weights()[0].values, other.get_weights()[0].values)
                << first << implementation;
            EXPECT_EQ(copied(input).values, output.values);
            arguments.use_bias = false;
            LocallyConnected2D unlike(arguments);
            unlike.build(input.shape);
            EXPECT_THROW(unlike.copy_weights(dense), std::invalid_argument);
            arguments.use_bias = true;
        }
    }
}

// A line is an image with one column.
TEST(Layer, OfOneDimensionIsTheLayerOfTwoWithOneColumn) {
    for (const bool first : {false, true})
        for (const char* padding : {"valid", "same"})
            for (int implementation = 2; implementation <= 3; implementation++) {
                LayerArguments arguments{4, 3};
                arguments.strides = 2;
                arguments.padding = padding;
                arguments.data_format = first ? "channels_first" : "channels_last";
                arguments.implementation = implementation;
                LocallyConnected1D line(arguments);
                arguments.kernel_size = {3, 1};
                arguments.strides = {2, 1};
                LocallyConnected2D image(arguments);
                const Tensor input = random_tensor(first ? Shape{2, 5, 8} : Shape{2, 8, 5}, 6);
                const Tensor wide = {first ? Shape{2, 5, 8, 1} : Shape{2, 8, 1, 5}, input.values};
                image.build(wide.shape);
                line.build(input.shape);
                std::vector<Tensor> weights = image.get_weights();
                for (size_t k = 0; k < 2; k++) weights[k].shape = line.weight_shapes()[k];
                weights[1].values = Random(7).reals(int64_t(weights[1].values.size()));
                line.set_weights(weights);
                for (size_t k = 0; k < 2; k++) weights[k].shape = image.weight_shapes()[k];
                image.set_weights(weights);
                const Tensor output = line(input);
                EXPECT_EQ(output.values, image(wide).values);
                EXPECT_EQ(output.shape, line.compute_output_shape(input.shape));
            }
}

TEST(Layer, OfOneDimensionHasKerasShapes) {
    LayerArguments arguments{4, 3};
    LocallyConnected1D layer(arguments);
    EXPECT_EQ(layer(random_tensor({2, 8, 5}, 8)).shape, (Shape{2, 6, 4}));
    EXPECT_EQ(layer.weight_shapes(), (std::vector<Shape>{{6, 15, 4}, {6, 4}}));
    EXPECT_EQ(layer.name().rfind("locally_connected1d", 0), 0u);
}

TEST(Layer, TakesItsInitialWeightsFromTheArguments) {
    LayerArguments arguments{1, 2};
    arguments.weights = std::vector<Tensor>{counting({1, 4, 1}, 1), counting({1, 1, 1}, 100)};
    LocallyConnected2D layer(arguments);
    EXPECT_EQ(layer(counting({1, 2, 2, 1}, 1)).values, (std::vector<float>{1 + 4 + 9 + 16 + 100}));
}

TEST(Layer, ABatchOfNothingGivesNothing) {
    LayerArguments arguments{2, 2};
    arguments.activity_regularizer = "l2";
    LocallyConnected2D layer(arguments);
    const Tensor output = layer({{0, 4, 4, 1}, {}});
    EXPECT_EQ(output.shape, (Shape{0, 3, 3, 2}));
    EXPECT_TRUE(output.values.empty());
    EXPECT_EQ(layer.losses(), (std::vector<float>{0.0f}));
    const LocallyConnected::Gradients gradients = layer.gradients({{0, 4, 4, 1}, {}}, output);
    EXPECT_EQ(gradients.kernel.values, std::vector<float>(9 * 4 * 2));
}

TEST(Layer, SaysHowMuchMemoryItTakes) {
    LayerArguments arguments{32, {3, 3}};
    LocallyConnected2D first(arguments);
    arguments.implementation = 2;
    const LocallyConnected2D second(arguments);
    const Shape input = {1, 30, 30, 64};
    EXPECT_EQ(first.memory(input).weights, 14'475'776 * 4);
    EXPECT_EQ(second.memory(input).weights, (int64_t(1'445'068'800) + 25'088) * 4);
    EXPECT_GE(first.memory(input).gradients, 14'475'776 * 4);
    EXPECT_LT(first.memory(input).call, 1 << 24);
    EXPECT_FALSE(first.built());
}

TEST(Layer, MayBeCalledByManyThreads) {
    LayerArguments arguments{8, 3};
    arguments.activation = "softmax";
    arguments.activity_regularizer = "l1";
    LocallyConnected2D layer(arguments);
    const Tensor input = random_tensor({3, 9, 8, 4}, 9);
    const Tensor expected = layer(input);
    std::vector<std::vector<float>> outputs(8, std::vector<float>(expected.values.size()));
    std::vector<std::thread> threads;
    for (std::vector<float>& output : outputs)
        threads.emplace_back([&] {
            for (int k = 0; k < 50; k++) layer.call(3, input.values.data(), output.data());
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<float>& output : outputs) EXPECT_EQ(output, expected.values);
}

TEST(Layer, IsCalledWhileTheNumberOfThreadsChanges) {
    LocallyConnected2D layer({24, {3, 3}});
    const Tensor input = random_tensor({3, 20, 20, 16}, 9);
    const Tensor expected = layer(input);
    const Tensor gradient = random_tensor(expected.shape, 10);
    std::atomic<bool> done = false;
    std::thread other([&] {
        for (int threads = 1; !done; threads = threads % 5 + 1) set_threads(threads);
    });
    for (int k = 0; k < 200; k++) {
        EXPECT_EQ(layer(input).values, expected.values);
        EXPECT_NO_THROW(layer.gradients(input, gradient));
    }
    done = true;
    other.join();
    set_threads(2);
}

#if !defined(_WIN32)
// Whatever a call of the parent had locked when it forked.
void expect_children_call(LayerArguments arguments) {
    LocallyConnected2D layer(std::move(arguments));
    const Tensor input = random_tensor({1, 4, 4, 2}, 11);
    const Tensor expected = layer(input);
    std::atomic<bool> done = false;
    std::vector<std::thread> callers;
    for (int k = 0; k < 2; k++)
        callers.emplace_back([&] {
            std::vector<float> output(expected.values.size());
            while (!done) layer.call(1, input.values.data(), output.data());
        });
    int status = 0;
    for (int k = 0; k < 300 && status == 0; k++) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(20);
            std::vector<float> output(expected.values.size());
            layer.call(1, input.values.data(), output.data());
            _exit(output == expected.values ? 0 : 1);
        }
        if (waitpid(child, &status, 0) != child) status = -1;
        EXPECT_EQ(status, 0) << "child " << k;
    }
    done = true;
    for (std::thread& caller : callers) caller.join();
}

TEST(Layer, IsCalledInChildrenForkedDuringCalls) {
    LayerArguments arguments{2, {3, 3}};
    arguments.activity_regularizer = "l2";
    expect_children_call(arguments);
    arguments = {2, {3, 3}};
    arguments.activation = "softmax";
    expect_children_call(arguments);
}
#endif

TEST(Layer, IsLeftAloneByItsInitializers) {
    LayerArguments arguments{1, 1};
    LocallyConnected2D* itself = nullptr;
    arguments.kernel_initializer = InitializerFunction([&](const Shape&, float*) {
        EXPECT_THROW(itself->set_arguments({2, 2}), std::logic_error);
        EXPECT_THROW(itself->build({1, 3, 3, 1}), std::logic_error);
        throw std::runtime_error("none");
    });
    LocallyConnected2D layer(arguments);
    itself = &layer;
    EXPECT_THROW(layer.build({1, 3, 3, 1}), std::runtime_error);
    layer.set_arguments({2, 2});
    layer.build({1, 3, 3, 1});
}

TEST(Layer, CountsTheNamesThatItMakes) {
    const LocallyConnected2D a({1, 1}), b({1, 1});
    const std::string prefix = "locally_connected2d_";
    const std::string &first = a.name(), &second = b.name();
    const int number = first == "locally_connected2d" ? 0 : std::stoi(first.substr(prefix.size()));
    EXPECT_EQ(second, prefix + std::to_string(number + 1));
    LayerArguments arguments{1, 1};
    arguments.name = "mine";
    EXPECT_EQ(LocallyConnected2D(arguments).name(), "mine");
}

// What the library has made by then may be destroyed before, and so must not need it.
struct Last {
    ~Last() {
        if (expected.empty()) return;
        auto again = LocallyConnected2D::from_config(config);
        std::_Exit(again(Tensor{{1, 6, 6, 3}, std::vector<float>(108, 1.0f)}).values == expected ? 0 : 2);
    }
    std::string config;
    std::vector<float> expected;
} last;

void leave_to_the_last() {
    LayerArguments arguments{4, {3, 3}};
    arguments.activation = R"({"class_name": "LeakyReLU", "config": {"alpha": 0.25}})";
    arguments.kernel_initializer = R"({"class_name": "RandomNormal", "config": {"seed": 1}})";
    arguments.kernel_regularizer = "l2";
    arguments.kernel_constraint = "max_norm";
    LocallyConnected2D layer(arguments);
    last.config = layer.get_config();
    last.expected = layer(Tensor{{1, 6, 6, 3}, std::vector<float>(108, 1.0f)}).values;
    std::exit(1);
}

TEST(Layer, IsMadeByStaticDestructors) {
    EXPECT_EXIT(leave_to_the_last(), testing::ExitedWithCode(0), "");
}

}  // namespace
