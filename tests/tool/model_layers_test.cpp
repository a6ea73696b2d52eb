// The layers of `lcn run`, one by one, with numbers computed by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "run_model.h"

namespace {

using lcn::Shape;
using lcn::Tensor;
using nlohmann::json;

const float nan = std::nanf(""), infinity = INFINITY;

// 1, 2, 3, ... in memory order.
Tensor counted(const Shape& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    Tensor tensor{shape, std::vector<float>(size_t(count))};
    std::iota(tensor.values.begin(), tensor.values.end(), 1.0f);
    return tensor;
}

struct LayerCase {
    const char* name;
    const char* class_name;
    const char* config;
    Tensor input;
    Tensor output;
};

const LayerCase cases[] = {
    {"Flatten", "Flatten", "{}", counted({2, 1, 3, 2}), {{2, 6}, counted({12}).values}},
    {"FlattenFirst",
     "Flatten",
     R"({"data_format": "channels_first"})",
     counted({1, 2, 1, 3}),
     {{1, 6}, {1, 4, 2, 5, 3, 6}}},
    {"FlattenFirstOfVectors", "Flatten", R"({"data_format": "channels_first"})", counted({2, 3}),
     counted({2, 3})},
    {"FlattenOfNumbers", "Flatten", "{}", counted({3}), counted({3, 1})},
    {"Reshape", "Reshape", R"({"target_shape": [3, 2]})", counted({2, 6}), counted({2, 3, 2})},
    {"ReshapeInferred", "Reshape", R"({"target_shape": [-1, 2, 1]})", counted({2, 6}), counted({2, 3, 2, 1})},
    {"Permute",
     "Permute",
     R"({"dims": [2, 1]})",
     counted({2, 2, 3}),
     {{2, 3, 2}, {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12}}},
    {"PermuteThree",
     "Permute",
     R"({"dims": [3, 1, 2]})",
     counted({1, 2, 1, 3}),
     {{1, 3, 2, 1}, {1, 4, 2, 5, 3, 6}}},

    {"Dropout", "Dropout", R"({"rate": 0.5, "noise_shape": null, "seed": 3})", counted({1, 3}),
     counted({1, 3})},
    {"SpatialDropout1D", "SpatialDropout1D", R"({"rate": 0.5})", counted({1, 3, 1}), counted({1, 3, 1})},
    {"SpatialDropout2D", "SpatialDropout2D", R"({"rate": 0.5, "data_format": "channels_last"})",
     counted({1, 3, 1, 1}), counted({1, 3, 1, 1})},
    {"AlphaDropout", "AlphaDropout", R"({"rate": 0.5})", counted({1, 3}), counted({1, 3})},
    {"GaussianDropout", "GaussianDropout", R"({"rate": 0.5})", counted({1, 3}), counted({1, 3})},
    {"GaussianNoise", "GaussianNoise", R"({"stddev": 0.5})", counted({1, 3}), counted({1, 3})},
    {"ActivityRegularization", "ActivityRegularization", R"({"l1": 1.0, "l2": 0.5})", counted({1, 3}),
     counted({1, 3})},

    {"Activation",
     "Activation",
     R"({"activation": "relu"})",
     {{2, 2}, {-1, 2, 2.5f, -0.5f}},
     {{2, 2}, {0, 2, 2.5f, 0}}},
    {"ActivationOfNumbers", "Activation", R"({"activation": "linear"})", counted({3}), counted({3})},
    {"ActivationSoftmax",
     "Activation",
     R"({"activation": "softmax"})",
     {{2, 2}, {7, 7, -80, 80}},
     {{2, 2}, {0.5f, 0.5f, 0, 1}}},
    {"ReLU",
     "ReLU",
     R"({"max_value": 6.0, "negative_slope": 0.5, "threshold": 1.0})",
     {{1, 4}, {-1, 1, 2, 9}},
     {{1, 4}, {-1, 0, 2, 6}}},
    {"LeakyReLU", "LeakyReLU", R"({"alpha": 0.25})", {{1, 2}, {-4, 4}}, {{1, 2}, {-1, 4}}},
    {"LeakyReLUPolicy",
     "LeakyReLU",
     R"({"dtype": {"class_name": "Policy", "config": {"name": "float32"}}})",
     {{1, 2}, {-10, 4}},
     {{1, 2}, {-3, 4}}},
    {"ELU", "ELU", R"({"alpha": 2.0})", {{1, 2}, {-100, 4}}, {{1, 2}, {-2, 4}}},
    {"ThresholdedReLU", "ThresholdedReLU", R"({"theta": 2.0})", {{1, 3}, {1, 2, 3}}, {{1, 3}, {0, 0, 3}}},
    {"Softmax", "Softmax", R"({"axis": -1})", {{1, 2, 2}, {7, 7, -80, 80}}, {{1, 2, 2}, {0.5f, 0.5f, 0, 1}}},
    {"SoftmaxAxis",
     "Softmax",
     R"({"axis": [1]})",
     {{1, 2, 2}, {7, -80, 7, 80}},
     {{1, 2, 2}, {0.5f, 0, 0.5f, 1}}},

    {"ZeroPadding1D",
     "ZeroPadding1D",
     R"({"padding": [1, 2]})",
     counted({1, 2, 2}),
     {{1, 5, 2}, {0, 0, 1, 2, 3, 4, 0, 0, 0, 0}}},
    {"ZeroPadding1DBoth", "ZeroPadding1D", R"({"padding": 1})", counted({1, 1, 1}), {{1, 3, 1}, {0, 1, 0}}},
    {"ZeroPadding2D",
     "ZeroPadding2D",
     "{}",
     counted({1, 1, 1, 2}),
     {{1, 3, 3, 2}, {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0}}},
    {"ZeroPadding2DPair",
     "ZeroPadding2D",
     R"({"padding": [0, 1], "data_format": "channels_last"})",
     counted({1, 2, 1, 1}),
     {{1, 2, 3, 1}, {0, 1, 0, 0, 2, 0}}},
    {"ZeroPadding2DPairs",
     "ZeroPadding2D",
     R"({"padding": [[1, 0], [0, 2]], "data_format": "channels_first"})",
     counted({1, 2, 1, 1}),
     {{1, 2, 2, 3}, {0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0}}},
    {"Cropping1D", "Cropping1D", R"({"cropping": [2, 1]})", counted({2, 4, 1}), {{2, 1, 1}, {3, 7}}},
    {"Cropping2D",
     "Cropping2D",
     R"({"cropping": [[1, 0], [0, 2]]})",
     counted({1, 2, 3, 2}),
     {{1, 1, 1, 2}, {7, 8}}},
    {"Cropping2DFirst",
     "Cropping2D",
     R"({"cropping": [1, 0], "data_format": "channels_first"})",
     counted({1, 2, 3, 1}),
     {{1, 2, 1, 1}, {2, 5}}},
    {"UpSampling1D", "UpSampling1D", R"({"size": 2})", counted({1, 2, 1}), {{1, 4, 1}, {1, 1, 2, 2}}},
    {"UpSampling2D",
     "UpSampling2D",
     R"({"size": [1, 2], "data_format": "channels_first", "interpolation": "nearest"})",
     counted({1, 2, 1, 2}),
     {{1, 2, 1, 4}, {1, 1, 2, 2, 3, 3, 4, 4}}},

    {"MaxPooling1D",
     "MaxPooling1D",
     R"({"pool_size": [2], "strides": [1], "padding": "valid"})",
     {{1, 3, 1}, {1, 5, -2}},
     {{1, 2, 1}, {5, 5}}},
    {"MaxPooling1DFirst",
     "MaxPooling1D",
     R"({"pool_size": 2, "strides": null, "data_format": "channels_first"})",
     counted({1, 2, 3}),
     {{1, 2, 1}, {2, 5}}},
    {"MaxPooling2D", "MaxPooling2D", "{}", counted({1, 3, 5, 2}), {{1, 1, 2, 2}, {13, 14, 17, 18}}},
    {"MaxPooling2DSame",
     "MaxPooling2D",
     R"({"pool_size": [2, 2], "strides": [2, 2], "padding": "SAME"})",
     {{1, 3, 1, 1}, {-1, -2, -3}},
     {{1, 2, 1, 1}, {-1, -3}}},
    {"MaxPooling2DFirst",
     "MaxPooling2D",
     R"({"pool_size": [1, 2], "data_format": "channels_first"})",
     counted({1, 2, 2, 2}),
     {{1, 2, 2, 1}, {2, 4, 6, 8}}},
    {"MaxPoolingOfNothingFinite",
     "MaxPooling1D",
     R"({"pool_size": 2})",
     {{1, 4, 1}, {-infinity, -infinity, nan, 1}},
     {{1, 2, 1}, {-infinity, nan}}},
    {"AveragePooling1D",
     "AveragePooling1D",
     R"({"pool_size": 2, "strides": 2})",
     counted({1, 5, 1}),
     {{1, 2, 1}, {1.5f, 3.5f}}},
    // 4 values, pool 3, stride 2: one too few, which is after the image
    {"AveragePooling1DSame",
     "AveragePooling1D",
     R"({"pool_size": 3, "strides": 2, "padding": "same"})",
     counted({1, 4, 1}),
     {{1, 2, 1}, {2, 3.5f}}},
    // pool 4, stride 1: three too few, one before and two after
    {"AveragePooling1DSameEven",
     "AveragePooling1D",
     R"({"pool_size": 4, "strides": 1, "padding": "same"})",
     counted({1, 4, 1}),
     {{1, 4, 1}, {2, 2.5f, 3, 3.5f}}},
    // strides beyond the pool: nothing is missing
    {"AveragePooling1DSameGaps",
     "AveragePooling1D",
     R"({"pool_size": 1, "strides": 3, "padding": "same"})",
     counted({1, 5, 1}),
     {{1, 2, 1}, {1, 4}}},
    {"AveragePooling2D",
     "AveragePooling2D",
     R"({"pool_size": [2, 1], "strides": [1, 2]})",
     counted({1, 3, 3, 1}),
     {{1, 2, 2, 1}, {2.5f, 4.5f, 5.5f, 7.5f}}},
    {"AveragePooling2DFirst",
     "AveragePooling2D",
     R"({"pool_size": [2, 2], "strides": [2, 2], "padding": "same", "data_format": "channels_first"})",
     counted({1, 2, 1, 3}),
     {{1, 2, 1, 2}, {1.5f, 3, 4.5f, 6}}},
    {"GlobalMaxPooling1D", "GlobalMaxPooling1D", "{}", counted({2, 2, 2}), {{2, 2}, {3, 4, 7, 8}}},
    {"GlobalMaxPooling2D",
     "GlobalMaxPooling2D",
     R"({"data_format": "channels_first", "keepdims": true})",
     counted({1, 2, 2, 3}),
     {{1, 2, 1, 1}, {6, 12}}},
    {"GlobalAveragePooling1D",
     "GlobalAveragePooling1D",
     R"({"data_format": "channels_first"})",
     counted({1, 2, 2}),
     {{1, 2}, {1.5f, 3.5f}}},
    {"GlobalAveragePooling2D",
     "GlobalAveragePooling2D",
     R"({"keepdims": true})",
     counted({1, 3, 1, 2}),
     {{1, 1, 1, 2}, {3, 4}}},
};

class EveryLayer : public testing::TestWithParam<LayerCase> {};

TEST_P(EveryLayer, ComputesWhatKerasDoes) {
    const LayerCase& c = GetParam();
    const Tensor output = run_layer(c.class_name, json::parse(c.config), c.input);
    EXPECT_EQ(output.shape, c.output.shape);
    ASSERT_EQ(output.values.size(), c.output.values.size());
    for (size_t k = 0; k < output.values.size(); k++)
        if (std::isnan(c.output.values[k]))
            EXPECT_TRUE(std::isnan(output.values[k])) << k;
        else
            EXPECT_EQ(output.values[k], c.output.values[k]) << k;
}

INSTANTIATE_TEST_SUITE_P(Layers, EveryLayer, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<LayerCase>& info) { return info.param.name; });

const Tensor kernel{{2, 3}, {1, 2, 3, 4, 5, 6}}, bias{{3}, {10, 20, -100}};

TEST(Dense, MultipliesTheLastAxis) {
    const Tensor input{{2, 1, 2}, {1, 0, 2, -1}};
    const Tensor output =
        run_layer("Dense", {{"units", 3}}, input, {{"layer/kernel", kernel}, {"layer/bias", bias}});
    EXPECT_EQ(output.shape, Shape({2, 1, 3}));
    EXPECT_EQ(output.values, std::vector<float>({11, 22, -97, 8, 19, -100}));
}

TEST(Dense, AppliesItsActivation) {
    const Tensor input{{1, 2}, {1, 0}};
    const json relu = {{"units", 3}, {"activation", "relu"}};
    EXPECT_EQ(run_layer("Dense", relu, input, {{"layer/kernel", kernel}, {"layer/bias", bias}}).values,
              std::vector<float>({11, 22, 0}));
    const json leaky = {
        {"units", 3}, {"use_bias", false}, {"activation", keras_layer("LeakyReLU", {{"alpha", 0.5}})}};
    EXPECT_EQ(run_layer("Dense", leaky, {{1, 2}, {-2, 0}}, {{"layer/kernel", kernel}}).values,
              std::vector<float>({-1, -2, -3}));
    const json softmax = {{"units", 3}, {"activation", "softmax"}};
    const std::vector<float> p =
        run_layer("Dense", softmax, input, {{"layer/kernel", kernel}, {"layer/bias", {{3}, {2, 1, 0}}}})
            .values;
    for (const float probability : p) EXPECT_FLOAT_EQ(probability, 1.0f / 3);
}

TEST(Dense, TakesWhateverSaysHowItTrains) {
    json config = {{"units", 3}, {"use_bias", false}, {"trainable", false}, {"kernel_initializer", "my own"}};
    for (const char* key : {"bias_initializer", "kernel_regularizer", "bias_regularizer",
                            "activity_regularizer", "kernel_constraint", "bias_constraint"})
        config[key] = nullptr;
    EXPECT_EQ(run_layer("Dense", config, {{1, 2}, {1, 1}}, {{"layer/kernel", kernel}}).values,
              std::vector<float>({5, 7, 9}));
}

TEST(BatchNormalization, NormalizesAlongItsAxis) {
    const lcn::Tensors weights = {{"layer/gamma", {{2}, {2, 3}}},
                                  {"layer/beta", {{2}, {1, -1}}},
                                  {"layer/moving_mean", {{2}, {4, 5}}},
                                  {"layer/moving_variance", {{2}, {3.75f, 0}}}};
    const json config = {{"axis", json::array({-1})}, {"epsilon", 0.25}, {"momentum", 0.9}};
    EXPECT_EQ(run_layer("BatchNormalization", config, {{2, 1, 2}, {4, 5, 6, 6}}, weights).values,
              std::vector<float>({1, -1, 3, 5}));
    const json first = {{"axis", 1}, {"epsilon", 0.25}};
    EXPECT_EQ(run_layer("BatchNormalization", first, {{1, 2, 2}, {4, 6, 5, 6}}, weights).values,
              std::vector<float>({1, 3, -1, 5}));
}

TEST(BatchNormalization, NeedsNeitherScaleNorCenter) {
    const lcn::Tensors weights = {{"layer/moving_mean", {{1}, {4}}},
                                  {"layer/moving_variance", {{1}, {3.75f}}}};
    const json config = {{"scale", false}, {"center", false}, {"epsilon", 0.25}};
    EXPECT_EQ(run_layer("BatchNormalization", config, {{2, 1}, {4, 6}}, weights).values,
              std::vector<float>({0, 1}));
}

TEST(LocallyConnected, OfOneDimension) {
    const lcn::Tensors weights = {{"layer/kernel", {{2, 2, 1}, {1, 2, 3, 4}}},
                                  {"layer/bias", {{2, 1}, {100, 200}}}};
    const json config = {{"filters", 1}, {"kernel_size", json::array({2})}, {"data_format", "channels_last"}};
    const Tensor output = run_layer("LocallyConnected1D", config, {{1, 3, 1}, {1, 2, 3}}, weights);
    EXPECT_EQ(output.shape, Shape({1, 2, 1}));
    EXPECT_EQ(output.values, std::vector<float>({1 + 4 + 100, 6 + 12 + 200}));
}

TEST(LocallyConnected, OfTwoDimensions) {
    const lcn::Tensors weights = {{"layer/kernel", {{2, 1, 2}, {1, 2, 3, 4}}}};
    const json config = {{"filters", 2},
                         {"kernel_size", 1},
                         {"use_bias", false},
                         {"activation", "relu"},
                         {"data_format", "channels_first"},
                         {"dtype", "float32"}};
    const Tensor output = run_layer("LocallyConnected2D", config, {{1, 1, 2, 1}, {1, -1}}, weights);
    EXPECT_EQ(output.shape, Shape({1, 2, 2, 1}));
    EXPECT_EQ(output.values, std::vector<float>({1, 0, 2, 0}));
}

}  // namespace
