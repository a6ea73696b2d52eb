// `lcn layers`: what it lists, and models it cannot list.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "keras_model.h"
#include "lcn/safetensors.h"
#include "run_tool.h"
#include "scratch_folder.h"

namespace {

using nlohmann::json;

json local(json config) {
    return keras_layer("LocallyConnected2D", std::move(config));
}
const json image = {{"batch_input_shape", {nullptr, 9, 8, 3}}, {"filters", 4}, {"kernel_size", {3, 2}}};

json with(json config, const json& more) {
    config.update(more);
    return config;
}

// The result for a model of these layers.
ToolResult list(const std::vector<json>& layers, const std::vector<std::string>& options = {"--json"}) {
    const ScratchFolder folder;
    lcn::write_safetensors(folder.file("model"), {}, {{"model_config", sequential(layers).dump()}});
    std::vector<std::string> arguments = {"layers", folder.file("model")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_tool(arguments);
}

TEST(Layers, ListsShapesAndSettingsAsJson) {
    const ToolResult run =
        list({local(with(image,
                         {{"name", "a"}, {"strides", {2, 1}}, {"use_bias", false}, {"activation", "relu6"}})),
              keras_layer("Flatten", {{"name", "flat"}}),
              keras_layer("Reshape", {{"name", "line"}, {"target_shape", {112, 1}}}),
              keras_layer("LocallyConnected1D", {{"name", "b"},
                                                 {"filters", 5},
                                                 {"kernel_size", {7}},
                                                 {"strides", {3}},
                                                 {"padding", "same"},
                                                 {"implementation", 3}})});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    const json layers = json::parse(run.output).at("layers");
    ASSERT_EQ(layers.size(), 2u);
    const json a = {{"name", "a"},
                    {"input_rows", 9},
                    {"input_columns", 8},
                    {"channels", 3},
                    {"filters", 4},
                    {"kernel_rows", 3},
                    {"kernel_columns", 2},
                    {"stride_rows", 2},
                    {"stride_columns", 1},
                    {"padding", "valid"},
                    {"data_format", "channels_last"},
                    {"implementation", 1},
                    {"bias", false},
                    {"activation", "relu6"},
                    {"alpha", 0.0},
                    {"max_value", nullptr},
                    {"threshold", 0.0}};
    EXPECT_EQ(layers[0], a);
    const json b = {{"name", "b"},
                    {"input_rows", 112},
                    {"input_columns", 1},
                    {"channels", 1},
                    {"filters", 5},
                    {"kernel_rows", 7},
                    {"kernel_columns", 1},
                    {"stride_rows", 3},
                    {"stride_columns", 1},
                    {"padding", "same"},
                    {"data_format", "channels_last"},
                    {"implementation", 3},
                    {"bias", true},
                    {"activation", "linear"},
                    {"alpha", 0.0},
                    {"max_value", nullptr},
                    {"threshold", 0.0}};
    EXPECT_EQ(layers[1], b);
}

TEST(Layers, TakesAModelWhoseBatchIsDeclared) {
    const ToolResult run = list({local(with(image, {{"batch_input_shape", {4, 9, 8, 3}}}))});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(json::parse(run.output).at("layers").at(0).at("input_rows"), 9);
}

TEST(Layers, ListsParametersOfActivations) {
    const json relu = {{"class_name", "ReLU"},
                       {"config", {{"max_value", 6.0}, {"negative_slope", 0.25}, {"threshold", 0.5}}}};
    const ToolResult run = list({local(with(image, {{"activation", relu}}))});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    const json layer = json::parse(run.output).at("layers").at(0);
    EXPECT_EQ(layer.at("activation"), "relu");
    EXPECT_EQ(layer.at("alpha"), 0.25);
    EXPECT_EQ(layer.at("max_value"), 6.0);
    EXPECT_EQ(layer.at("threshold"), 0.5);
}

TEST(Layers, WritesOneLineEachAndToAFile) {
    const ToolResult lines = list({local(image)}, {});
    EXPECT_EQ(lines.output,
              "layer: input_rows=9 input_columns=8 channels=3 filters=4 kernel_rows=3 kernel_columns=2 "
              "stride_rows=1 "
              "stride_columns=1 padding=valid data_format=channels_last implementation=1 bias=true "
              "activation=linear "
              "alpha=0.0 max_value=null threshold=0.0\n");
    const ScratchFolder folder;
    const ToolResult run = list({local(image)}, {"-o", folder.file("list")});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(run.output, "");
    std::stringstream text;
    text << std::ifstream(folder.file("list")).rdbuf();
    EXPECT_EQ(text.str(), lines.output);
}

TEST(Layers, OfAnyNameHaveOneLineThatTerminalsOnlyShow) {
    const ToolResult run = list({local(with(image, {{"name", "a\nb\x1b[2J\x7f"}}))}, {});
    EXPECT_EQ(run.output.rfind("a?b?[2J?: input_rows=9", 0), 0u) << run.output;
    const json controls = {{"name", "\u0080\u009b2J\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"}};
    EXPECT_EQ(list({local(with(image, controls))}, {}).output.rfind("??2J?????????: ", 0), 0u);
    const std::string text =
        "\u00a0\u00e9\u061b\u200d\u2010\u2027\u202f\u2065\u206a\ud7ff\ue000\U0001f600\U0010ffff";
    EXPECT_EQ(list({local(with(image, {{"name", text}}))}, {}).output.rfind(text + ": ", 0), 0u);
}

TEST(Layers, RefusesWhatKernelsCannotApply) {
    expect_failure(list({local(with(image, {{"activation", "softmax"}}))}), 2,
                   "layer \"layer\": activation: got \"softmax\", which is no function of single elements");
}

TEST(Layers, RefusesAModelWithoutTheShapeOfItsInput) {
    json open = image;
    open["batch_input_shape"] = {nullptr, nullptr, 8, 3};
    expect_failure(list({local(open)}), 2, "does not say the shape of its input");
    open.erase("batch_input_shape");
    expect_failure(list({local(open)}), 2, "does not say the shape of its input");
}

TEST(Layers, FailsWithoutALocallyConnectedLayer) {
    expect_failure(list({keras_layer("Flatten", {{"batch_input_shape", {nullptr, 9, 8, 3}}})}), 1,
                   "the model has no locally connected layer");
}

TEST(Layers, FailsWithoutAModel) {
    const ScratchFolder folder;
    lcn::write_safetensors(folder.file("model"), {}, {{"other", "entry"}});
    expect_failure(run_tool({"layers", folder.file("model")}), 1, "no metadata entry \"model_config\"");
    expect_failure(run_tool({"layers", folder.file("none")}), 1, "none");
    expect_failure(list({local(image)}, {"-o", "/nonexistent/list"}), 1,
                   "/nonexistent/list: No such file or directory");
}

TEST(Layers, ReplaceAFileOnlyWithAWholeList) {
    const ScratchFolder folder;
    const std::string model = folder.file("model"), list = folder.file("list");
    lcn::write_safetensors(model, {}, {{"model_config", sequential({local(image)}).dump()}});
    const std::string before = content(model);
    expect_failure(run_tool({"layers", model, "-o", model}), 2, "is the same file as");
    EXPECT_EQ(content(model), before);
    expect_failure(run_tool({"layers", model, "-o", "/dev/null"}), 1, "/dev/null: not a regular file");
    ASSERT_EQ(run_tool({"layers", model, "-o", list}).exit_code, 0);
    EXPECT_EQ(content(list), run_tool({"layers", model}).output);
    EXPECT_EQ(folder.files(), 2);
}

}  // namespace
