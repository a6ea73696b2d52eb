// A layer on a device: its copies of the weights there follow every change of the weights here.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "lcn/kernels.h"
#include "lcn/layer.h"
#include "support/random.h"
#include "support/target_test.h"

namespace {

using namespace lcn;
using lcn_test::Random;

class LayerOnDevice : public lcn_test::TargetTest {};

// Of small integers, so that every order of every sum gives the same bits.
Tensor integers(const Shape& shape, uint64_t seed) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    Tensor tensor{shape, Random(seed).reals(count)};
    for (float& value : tensor.values) value = float(int(value * 8));
    return tensor;
}

const Shape input_shape = {3, 5, 6, 4};

LayerArguments arguments() {
    LayerArguments a{5, {3, 2}};
    a.kernel_initializer = "ones";
    a.kernel_constraint = ConstraintFunction([](const Shape&, float* values) { values[0] = 7.0f; });
    return a;
}

std::vector<Tensor> weights_of(const LocallyConnected& layer, uint64_t seed) {
    std::vector<Tensor> weights;
    for (const Shape& shape : layer.weight_shapes()) weights.push_back(integers(shape, seed++));
    return weights;
}

void add_one(const Parameter& parameter) {
    for (int64_t k = 0; k < parameter.count; k++) parameter.values[k] += 1.0f;
}

struct Results {
    std::vector<float> output, input_gradient;
    bool operator==(const Results& other) const = default;
};

Results results_of(LocallyConnected2D& layer, const std::string& target) {
    EXPECT_TRUE(set_target(target.c_str()).ok());
    const Tensor input = integers(input_shape, 1);
    const Tensor output = layer(input);
    return {output.values, layer.gradients(input, integers(output.shape, 2)).input.values};
}

TEST_P(LayerOnDevice, sees_every_change_of_its_weights) {
    struct Change {
        const char* name;
        std::function<void(LocallyConnected2D&)> make;
    };
    const Change changes[] = {
        {"set_weights", [](LocallyConnected2D& layer) { layer.set_weights(weights_of(layer, 3)); }},
        {"parameters",
         [](LocallyConnected2D& layer) {
             for (const Parameter& parameter : layer.parameters()) add_one(parameter);
         }},
        {"update", [](LocallyConnected2D& layer) { layer.update(add_one); }},
        {"copy_weights",
         [](LocallyConnected2D& layer) {
             LocallyConnected2D other(arguments());
             other.build(input_shape);
             other.set_weights(weights_of(other, 5));
             layer.copy_weights(other);
         }},
        {"apply_constraints", [](LocallyConnected2D& layer) { layer.apply_constraints(); }},
    };
    LocallyConnected2D layer(arguments());
    Results before = results_of(layer, GetParam());
    EXPECT_EQ(before, results_of(layer, GetParam())) << "the second call";
    for (const Change& change : changes) {
        change.make(layer);
        const Results on_device = results_of(layer, GetParam());
        EXPECT_NE(on_device, before) << change.name;
        take_kernels_ran();
        EXPECT_EQ(on_device, results_of(layer, "portable")) << change.name;
        forget_kernels_ran();
        before = on_device;
    }
}

TEST_P(LayerOnDevice, is_called_by_several_threads_at_once) {
    LocallyConnected2D layer(arguments());
    layer.build(input_shape);
    layer.set_weights(weights_of(layer, 3));
    const Results expected = results_of(layer, GetParam());
    layer.set_weights(weights_of(layer, 3));  // so that all want a copy at once
    std::vector<Results> results(4);
    std::vector<std::thread> threads;
    for (Results& r : results) threads.emplace_back([&] { r = results_of(layer, GetParam()); });
    for (std::thread& thread : threads) thread.join();
    for (const Results& r : results) EXPECT_EQ(r, expected);
}

INSTANTIATE_TEST_SUITE_P(, LayerOnDevice,
                         testing::ValuesIn(lcn_test::target_names(lcn_test::Targets::devices)),
                         lcn_test::parameter_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LayerOnDevice);

}  // namespace
