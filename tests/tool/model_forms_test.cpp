// What forms of model configurations `lcn run` takes.
#include <gtest/gtest.h>

#include "model_parts.h"

namespace {

using nlohmann::json;

TEST(ModelForms, Sequential) {
    EXPECT_EQ(run_model(sequential({flatten(), head()}), pixels, weights).values, result);
    EXPECT_EQ(run_model(sequential({input_layer(), flatten(), head()}), pixels, weights).values, result);
}

TEST(ModelForms, SequentialAsAList) {
    json model = {{"class_name", "Sequential"}, {"config", {flatten(), head()}}};
    EXPECT_EQ(run_model(model, pixels, weights).values, result);
    model["keras_version"] = "2.1.6";
    model["backend"] = "tensorflow";
    EXPECT_EQ(run_model(model, pixels, weights).values, result);
}

TEST(ModelForms, SequentialOfKerasFiles) {
    json model =
        newer(sequential({newer(input_layer()), newer(flatten()), newer(head(), "tf_keras.src.layers")}));
    model["module"] = "keras";
    model["compile_config"] = {{"optimizer", "adam"}};
    model["config"]["build_input_shape"] = {nullptr, 2, 2, 1};
    EXPECT_EQ(run_model(model, pixels, weights).values, result);
}

TEST(ModelForms, FunctionalChain) {
    json model = functional({input_layer(), flatten(), head()});
    EXPECT_EQ(run_model(model, pixels, weights).values, result);
    model["class_name"] = "Model";  // until TensorFlow 2.2
    EXPECT_EQ(run_model(model, pixels, weights).values, result);
    model["config"]["input_layers"] = {"in", 0, 0};
    model["config"]["layers"][1]["inbound_nodes"][0][0][3] = {{"training", nullptr}};
    model["config"]["layers"][2]["inbound_nodes"][0][0][3] = {{"training", false}};
    EXPECT_EQ(run_model(model, pixels, weights).values, result);
}

TEST(ModelForms, ModelsInsideModels) {
    const json inner = sequential({flatten(), head()}, "inner");
    const lcn::Tensors inside = {{"inner/head/kernel", weights.at("head/kernel")}};
    EXPECT_EQ(run_model(sequential({input_layer(), inner}), pixels, inside).values, result);
    EXPECT_EQ(run_model(functional({input_layer(), inner}), pixels, inside).values, result);
    const json chain = functional({input_layer(), flatten(), head()}, "inner");
    EXPECT_EQ(run_model(sequential({chain}), pixels, inside).values, result);
    const lcn::Tensors deep = {{"middle/inner/head/kernel", weights.at("head/kernel")}};
    EXPECT_EQ(run_model(sequential({sequential({chain}, "middle")}), pixels, deep).values, result);
}

TEST(ModelForms, ALongNameAndManyDimensions) {
    const json inner = sequential({flatten(), head()}, std::string(507, 'n'));
    const lcn::Tensors inside = {{std::string(507, 'n') + "/head/kernel", weights.at("head/kernel")}};
    EXPECT_EQ(run_model(sequential({inner}), pixels, inside).values, result);
    const json turned = keras_layer("Permute", {{"dims", {2, 3, 4, 5, 6, 7, 1}}});
    const json model = sequential({input_layer({nullptr, 4, 1, 1, 1, 1, 1, 1}), turned});
    EXPECT_EQ(run_model(model, {{1, 4, 1, 1, 1, 1, 1, 1}, {1, 2, 3, 4}}).shape,
              lcn::Shape({1, 1, 1, 1, 1, 1, 1, 4}));
}

TEST(ModelForms, ABatchInputShapeCountsForTheFirstLayerAlone) {
    const json elsewhere = head("batch_input_shape", {nullptr, 99});
    EXPECT_EQ(run_model(sequential({flatten(), elsewhere}), pixels, weights).values, result);
}

}  // namespace
