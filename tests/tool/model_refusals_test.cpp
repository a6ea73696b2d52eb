// What model configurations `lcn run` refuses, by name.
#include <gtest/gtest.h>

#include <ctime>
#include <functional>

#include "errors.h"
#include "model_parts.h"
#include "support/expect_error.h"

namespace {

using lcn::tool::Refused;
using nlohmann::json;

struct Rejected {
    const char* name;
    std::function<json()> model;
    const char* reason;
};

json chain_with(const std::function<void(json& config)>& change) {
    json model = functional({input_layer(), flatten(), head()});
    change(model["config"]);
    return model;
}
json with_layer(const std::string& class_name, const json& config = json::object()) {
    return sequential({keras_layer(class_name, config)});
}

const Rejected rejected[] = {
    {"a_list", [] { return json::array(); },
     "model_config: a layer with class_name and config expected, got []"},
    {"a_layer", [] { return head(); }, "class_name: got \"Dense\", expected \"Sequential\""},
    {"no_layers", [] { return sequential({}); }, "layer \"net\" (Sequential): layers: got []"},
    {"layers_of_another_kind",
     [] {
         return json{{"class_name", "Sequential"}, {"config", 3}};
     },
     "\"Sequential\": config is not a dictionary: 3"},
    {"a_layer_without_class",
     [] {
         return sequential({json{{"config", json::object()}}});
     },
     "got {\"config\":{}}"},
    {"a_layer_without_name",
     [] {
         return sequential({json{{"class_name", "Dense"}, {"config", json::object()}}});
     },
     "\"Dense\": name: got null, expected a name"},
    {"two_of_a_name",
     [] {
         return sequential({head(), head()});
     },
     "two layers are named \"head\""},
    {"a_long_name", [] { return sequential({sequential({flatten()}, std::string(510, 'n'))}); },
     "the name of a layer has more than 512 bytes: \"nnn"},
    {"a_long_class", [] { return sequential({keras_layer(std::string(513, 'C'))}); },
     "the class_name of a layer has more than 512 bytes: \"CCC"},
    {"an_input_in_the_middle",
     [] {
         return sequential({flatten(), input_layer()});
     },
     "layer \"in\" (InputLayer): an input inside the chain"},
    {"unknown_key_of_an_entry",
     [] {
         json layer = head();
         layer["weights"] = 3;
         return sequential({layer});
     },
     "layer \"head\" (Dense): unknown key \"weights\" with the value 3"},
    {"unknown_key_of_a_model",
     [] {
         json model = sequential({head()});
         model["config"]["losses"] = 3;
         return model;
     },
     "layer \"net\" (Sequential): unknown key \"losses\" with the value 3"},
    {"a_module_of_others", [] { return sequential({newer(head(), "mine.layers")}); },
     "layer \"head\" (Dense): module: got \"mine.layers\""},
    {"a_class_of_others",
     [] {
         json layer = newer(head());
         layer["registered_name"] = "mine>Dense";
         return sequential({layer});
     },
     "layer \"head\" (Dense): registered_name: got \"mine>Dense\""},
    {"unknown_class", [] { return with_layer("Conv2D"); },
     "layer \"layer\" (Conv2D): lcn does not run this class; it "
     "runs Activation, "},
    {"unknown_class_at_the_end",
     [] {
         return sequential({flatten(), head(), keras_layer("LSTM")});
     },
     "layer \"layer\" (LSTM)"},
    {"unknown_class_inside", [] { return sequential({sequential({keras_layer("LSTM")}, "inner")}); },
     "layer \"inner/layer\" (LSTM)"},

    {"a_branch", [] { return chain_with([](json& c) { c["layers"][2]["inbound_nodes"][0][0][0] = "in"; }); },
     "layer \"net\" (Functional): layer \"head\" is not called once on the output of \"flat\""},
    {"called_twice",
     [] {
         return chain_with([](json& c) {
             json& nodes = c["layers"][1]["inbound_nodes"];
             nodes.push_back(nodes[0]);
         });
     },
     "layer \"flat\" is not called once on the output of \"in\""},
    {"two_inputs_of_a_layer",
     [] {
         return chain_with([](json& c) {
             json& calls = c["layers"][1]["inbound_nodes"][0];
             calls.push_back(calls[0]);
         });
     },
     "layer \"flat\" is not called once"},
    {"called_for_training",
     [] { return chain_with([](json& c) { c["layers"][1]["inbound_nodes"][0][0][3]["training"] = true; }); },
     "layer \"flat\" is not called once"},
    {"never_called", [] { return chain_with([](json& c) { c["layers"][1].erase("inbound_nodes"); }); },
     "layer \"flat\" is not called once"},
    {"calls_of_another_kind", [] { return chain_with([](json& c) { c["layers"][1]["inbound_nodes"] = 3; }); },
     "layer \"flat\" is not called once"},
    {"no_input_first",
     [] {
         return functional({flatten(), head()});
     },
     "layer \"flat\" is not called once on the output of an InputLayer"},
    {"other_outputs", [] { return chain_with([](json& c) { c["output_layers"][0][0] = "flat"; }); },
     "output_layers: got [[\"flat\",0,0]], expected the last layer alone"},
    {"two_outputs",
     [] { return chain_with([](json& c) {
              c["output_layers"].push_back(json::array({"flat", 0, 0}));
          }); },
     "output_layers: got"},
    {"no_inputs", [] { return chain_with([](json& c) { c.erase("input_layers"); }); },
     "input_layers: got null"},

    {"unknown_key",
     [] {
         return sequential({flatten(), head("groups", 2)});
     },
     "layer \"head\" (Dense): unknown key \"groups\" with the value 2"},
    {"dtype",
     [] {
         return sequential({flatten(), head("dtype", "float16")});
     },
     "layer \"head\" (Dense): dtype: got \"float16\", expected \"float32\""},
    {"sparse_input",
     [] {
         return with_layer("InputLayer", {{"sparse", true}});
     },
     "sparse: got true"},
    {"input_shape",
     [] {
         return sequential({input_layer({nullptr, 0})});
     },
     "batch_input_shape: got 0"},
    {"long_input_shape",
     [] {
         return sequential({input_layer({1, 1, 1, 1, 1, 1, 1, 1, 1})});
     },
     "batch_input_shape: got [1,1,1,1,1,1,1,1,1], expected a list of at most 8 sizes"},
    {"no_units", [] { return with_layer("Dense"); }, "units is missing"},
    {"units",
     [] {
         return with_layer("Dense", {{"units", 0}});
     },
     "units: got 0"},
    {"use_bias",
     [] {
         return with_layer("Dense", {{"units", 1}, {"use_bias", "no"}});
     },
     "use_bias: got \"no\""},
    {"activation",
     [] {
         return with_layer("Activation", {{"activation", "RELU"}});
     },
     "activation: got \"RELU\""},
    {"activation_of_another_kind",
     [] {
         return with_layer("Dense", {{"units", 1}, {"activation", 3}});
     },
     "activation: got 3"},
    {"no_activation", [] { return with_layer("Activation"); }, "activation is missing"},
    {"activation_parameter",
     [] {
         return with_layer("LeakyReLU", {{"alpha", "big"}});
     },
     "alpha: got \"big\""},
    {"activation_key",
     [] {
         return with_layer("ELU", {{"beta", 3}});
     },
     "\"config.beta\" with the value 3"},
    {"filters",
     [] {
         return with_layer("LocallyConnected2D", {{"filters", 0}, {"kernel_size", 1}});
     },
     "layer \"layer\" (LocallyConnected2D): filters: got 0"},
    {"padding",
     [] {
         return with_layer("MaxPooling2D", {{"padding", "causal"}});
     },
     "padding: got \"causal\""},
    {"pool_size",
     [] {
         return with_layer("MaxPooling2D", {{"pool_size", {2, 2, 2}}});
     },
     "pool_size: got [2,2,2]"},
    {"strides",
     [] {
         return with_layer("AveragePooling1D", {{"strides", json::array({0})}});
     },
     "strides: got 0"},
    {"large_strides",
     [] {
         return with_layer("MaxPooling1D", {{"strides", int64_t(1) << 31}});
     },
     "strides: got 2147483648"},
    {"data_format",
     [] {
         return with_layer("Flatten", {{"data_format", "NHWC"}});
     },
     "data_format: got \"NHWC\""},
    {"keepdims",
     [] {
         return with_layer("GlobalMaxPooling2D", {{"keepdims", 1}});
     },
     "keepdims: got 1"},
    {"zero_padding",
     [] {
         return with_layer("ZeroPadding2D", {{"padding", {1, 2, 3}}});
     },
     "padding: got [1,2,3]"},
    {"negative_padding",
     [] {
         return with_layer("ZeroPadding2D", {{"padding", {{0, -1}, {0, 0}}}});
     },
     "padding: got -1"},
    {"cropping",
     [] {
         return with_layer("Cropping1D", {{"cropping", {1, 2, 3}}});
     },
     "cropping: got [1,2,3]"},
    {"interpolation",
     [] {
         return with_layer("UpSampling2D", {{"interpolation", "bilinear"}});
     },
     "interpolation: got \"bilinear\""},
    {"size",
     [] {
         return with_layer("UpSampling1D", {{"size", 0}});
     },
     "size: got 0"},
    {"dims",
     [] {
         return with_layer("Permute", {{"dims", {1, 1}}});
     },
     "dims: got [1,1]"},
    {"long_dims",
     [] {
         return with_layer("Permute", {{"dims", {1, 2, 3, 4, 5, 6, 7, 8}}});
     },
     "dims: got [1,2,3,4,5,6,7,8], expected a list of at most 7 integers"},
    {"dims_of_another_kind",
     [] {
         return with_layer("Permute", {{"dims", 1}});
     },
     "dims: got 1"},
    {"target_shape",
     [] {
         return with_layer("Reshape", {{"target_shape", {-1, -1}}});
     },
     "target_shape: got [-1,-1]"},
    {"long_target_shape",
     [] {
         return with_layer("Reshape", {{"target_shape", {1, 1, 1, 1, 1, 1, 1, 1}}});
     },
     "target_shape: got [1,1,1,1,1,1,1,1], expected a list of at most 7 integers"},
    {"axis",
     [] {
         return with_layer("BatchNormalization", {{"axis", {1, 2}}});
     },
     "axis: got [1,2]"},
    {"epsilon",
     [] {
         return with_layer("BatchNormalization", {{"epsilon", "small"}});
     },
     "epsilon: got \"small\""},
    {"renorm",
     [] {
         return with_layer("BatchNormalization", {{"renorm", true}});
     },
     "renorm: got true"},
    {"noise_key",
     [] {
         return with_layer("GaussianNoise", {{"rate", 0.1}});
     },
     "unknown key \"rate\""},
};

class RejectedModel : public testing::TestWithParam<Rejected> {};

TEST_P(RejectedModel, IsRefusedByName) {
    const std::string config = GetParam().model().dump();
    expect_error<Refused>([&] { lcn::tool::Model{config}; }, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(Every, RejectedModel, testing::ValuesIn(rejected),
                         [](const testing::TestParamInfo<Rejected>& info) { return info.param.name; });

TEST(RejectedText, IsRefusedWithoutHarm) {
    expect_error<Refused>([] { lcn::tool::Model{"{"}; }, "model_config: not valid JSON at byte");
    expect_error<Refused>([] { lcn::tool::Model{R"({"config": NaN})"}; }, "not valid JSON at byte 12");
    expect_error<Refused>([] { lcn::tool::Model{R"({"config": {}, "config": {}})"}; },
                          "model_config: JSON names \"config\" twice");
    expect_error<Refused>([] { lcn::tool::Model{std::string(100'000, '[')}; },
                          "model_config: JSON is nested deeper than 64");
    json nested = flatten();
    for (int depth = 0; depth < 30; depth++)
        nested = sequential({nested}, std::string("m").append(std::to_string(depth)));
    expect_error<Refused>([&] { lcn::tool::Model{nested.dump()}; }, "nested deeper than 64");
    std::vector<json> layers;
    for (int k = 0; k <= 10'000; k++) layers.push_back(keras_layer("Flatten", {{"name", std::to_string(k)}}));
    expect_error<Refused>([&] { lcn::tool::Model{sequential(layers).dump()}; }, "more than 10000 layers");
}

// Of the processor.
double seconds(const std::function<void()>& action) {
    const std::clock_t begin = std::clock();
    action();
    return double(std::clock() - begin) / CLOCKS_PER_SEC;
}

// How much longer it takes to refuse the model than to read its JSON, with a long list for "junk".
double times_reading(const json& model) {
    std::string list = "[0", config = model.dump();
    for (int k = 0; k < 300'000; k++) list += ",{}";
    config.replace(config.find("\"junk\""), 6, list + "]");
    const double reading = seconds([&] { EXPECT_TRUE(json::parse(config).is_object()); });
    const auto refuse = [&] {
        expect_error<Refused>([&] { lcn::tool::Model{config}; }, "unknown key \"extra\"");
    };
    return seconds(refuse) / reading;
}

TEST(RejectedText, InsideManyModelsIsNotCopiedByEach) {
    const json layer = keras_layer("Flatten", {{"extra", "junk"}});
    json lists = layer, chain = layer;
    for (int depth = 0; depth < 28; depth++)
        lists = {{"class_name", "Sequential"}, {"config", json::array({lists})}};
    for (int depth = 0; depth < 19; depth++) chain = functional({input_layer(), chain});
    EXPECT_LT(times_reading(lists), 10);
    EXPECT_LT(times_reading(chain), 10);
}

}  // namespace
