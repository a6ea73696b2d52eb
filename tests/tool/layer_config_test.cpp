// What a layer's configuration means; what is refused is in refusals_test.cpp.
#include "layer_config.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "errors.h"
#include "json_text.h"

namespace {

using namespace lcn;
using namespace lcn::layer;
using namespace lcn::tool;
using Function1 = std::function<double(double)>;

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}
double softplus(double x) {
    return std::log1p(std::exp(x));
}
double normal_distribution(double x) {
    return 0.5 * (1 + std::erf(x / std::sqrt(2.0)));
}
double selu(double x) {
    return 1.05070098 * (x > 0 ? x : 1.67326324 * std::expm1(x));
}
Function1 leaky(double slope) {
    return [=](double x) { return x > 0 ? x : slope * x; };
}
Function1 elu(double scale) {
    return [=](double x) { return x > 0 ? x : scale * std::expm1(x); };
}
Function1 relu(double slope, double max_value, double threshold) {
    return [=](double x) { return x >= max_value ? max_value : x > threshold ? x : slope * (x - threshold); };
}

struct Form {
    const char* name;
    const char* json;
    Function1 formula;
};

const Form forms[] = {
    {"null", "null", [](double x) { return x; }},
    {"linear", R"("linear")", [](double x) { return x; }},
    {"relu", R"("relu")", relu(0, INFINITY, 0)},
    {"relu6", R"("relu6")", relu(0, 6, 0)},
    {"leaky_relu", R"("leaky_relu")", leaky(0.2)},
    {"elu", R"("elu")", elu(1)},
    {"selu", R"("selu")", selu},
    {"softplus", R"("softplus")", softplus},
    {"softsign", R"("softsign")", [](double x) { return x / (1 + std::fabs(x)); }},
    {"swish", R"("swish")", [](double x) { return x * sigmoid(x); }},
    {"silu", R"("silu")", [](double x) { return x * sigmoid(x); }},
    {"tanh", R"("tanh")", [](double x) { return std::tanh(x); }},
    {"sigmoid", R"("sigmoid")", sigmoid},
    {"exponential", R"("exponential")", [](double x) { return std::exp(x); }},
    {"hard_sigmoid", R"("hard_sigmoid")", [](double x) { return std::clamp(0.2 * x + 0.5, 0.0, 1.0); }},
    {"gelu", R"("gelu")", [](double x) { return x * normal_distribution(x); }},
    {"mish", R"("mish")", [](double x) { return x * std::tanh(softplus(x)); }},
    {"ReLU_default", R"({"class_name": "ReLU", "config": {"name": "re_lu"}})", relu(0, INFINITY, 0)},
    {"ReLU_without_maximum",
     R"({"class_name": "ReLU", "config": {"max_value": null, "negative_slope": 0.25, "threshold": 1}})",
     relu(0.25, INFINITY, 1)},
    {"ReLU_new_form",
     R"({"module": "keras.layers", "class_name": "ReLU", "registered_name": null,
         "config": {"name": "re_lu", "trainable": true, "dtype": "float32", "max_value": 1.5,
                    "negative_slope": 0.125, "threshold": 0.5},
         "build_config": {"input_shape": [1, 2, 3, 33]}})",
     relu(0.125, 1.5, 0.5)},
    {"LeakyReLU_default", R"({"class_name": "LeakyReLU", "config": {}})", leaky(0.3)},
    {"LeakyReLU_of_tf_keras",
     R"({"module": "tf_keras.layers", "class_name": "LeakyReLU", "registered_name": null,
         "config": {"alpha": 0.0625}})",
     leaky(0.0625)},
    {"ELU_default", R"({"class_name": "ELU", "config": {}})", elu(1)},
    {"ELU", R"({"class_name": "ELU", "config": {"alpha": 0.75, "trainable": false}, "shared_object_id": 3})",
     elu(0.75)},
    {"ThresholdedReLU_default", R"({"class_name": "ThresholdedReLU", "config": {}})", relu(0, INFINITY, 1)},
    {"ThresholdedReLU", R"({"class_name": "ThresholdedReLU", "config": {"theta": 0.5}})",
     relu(0, INFINITY, 0.5)},
};

class ActivationForm : public testing::TestWithParam<Form> {};

// A layer of one weight, 1, so that its output is the activation of its input.
TEST_P(ActivationForm, MeansItsFormula) {
    std::vector<float> input, weights;
    for (int k = -60; k <= 60; k++) input.push_back(float(k) * 0.13f + 0.01f);
    Problem problem;
    problem.input_rows = problem.filters = problem.channels = problem.kernel_rows = problem.kernel_columns =
        1;
    problem.input_columns = int64_t(input.size());
    problem.activation = parse_activation(parse_json(GetParam().json, {10, 100}));
    weights.assign(input.size(), 1.0f);
    std::vector<float> output(input.size());
    int64_t bytes = 0;
    ASSERT_TRUE(workspace_bytes(problem, Operation::forward, bytes).ok());
    std::vector<char> workspace(static_cast<size_t>(bytes));
    const Status status = forward(problem, input.data(), weights.data(), nullptr, output.data(), nullptr,
                                  {workspace.data(), bytes});
    ASSERT_TRUE(status.ok()) << status.message;
    for (size_t k = 0; k < input.size(); k++) {
        const double expected = GetParam().formula(input[k]);
        EXPECT_NEAR(output[k], expected, 8 * std::ldexp(std::max(1.0, std::fabs(expected)), -24)) << input[k];
    }
}

INSTANTIATE_TEST_SUITE_P(Every, ActivationForm, testing::ValuesIn(forms),
                         [](const testing::TestParamInfo<Form>& info) { return info.param.name; });

TEST(LayerConfig, TakesKerasDefaultsForMissingKeys) {
    const LayerConfig layer =
        parse_layer_config(R"({"filters": 4, "kernel_size": [3, 2], "data_format": "channels_last"})");
    EXPECT_EQ(layer.problem.filters, 4);
    EXPECT_EQ(layer.problem.kernel_rows, 3);
    EXPECT_EQ(layer.problem.kernel_columns, 2);
    EXPECT_EQ(layer.problem.stride_rows, 1);
    EXPECT_EQ(layer.problem.stride_columns, 1);
    EXPECT_EQ(layer.problem.padding, Padding::valid);
    EXPECT_EQ(layer.problem.data_format, DataFormat::channels_last);
    EXPECT_EQ(layer.problem.activation.function, Function::linear);
    EXPECT_TRUE(layer.use_bias);
    EXPECT_TRUE(layer.batch_input_shape.empty());
}

TEST(LayerConfig, ReadsEveryKeyOfGetConfig) {
    const LayerConfig layer = parse_layer_config(R"({
        "name": "local", "trainable": false, "dtype": "float32", "batch_input_shape": [null, 3, 9, 8],
        "filters": 5, "kernel_size": [1, 2], "strides": [3, 4], "padding": "valid",
        "data_format": "channels_first", "activation": "tanh", "use_bias": false,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
        "bias_initializer": null, "kernel_regularizer": null, "bias_regularizer": null,
        "activity_regularizer": null, "kernel_constraint": null, "bias_constraint": null,
        "implementation": 1})");
    EXPECT_EQ(layer.problem.stride_rows, 3);
    EXPECT_EQ(layer.problem.stride_columns, 4);
    EXPECT_EQ(layer.problem.data_format, DataFormat::channels_first);
    EXPECT_EQ(layer.problem.activation.function, Function::tanh);
    EXPECT_FALSE(layer.use_bias);
    EXPECT_EQ(layer.batch_input_shape, (Shape{-1, 3, 9, 8}));
}

}  // namespace
