// `lcn run`: the recorded networks on every target and in every file form, and files it must not take.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>

#include "keras_model.h"
#include "layer/recorded_case.h"
#include "lcn/kernels.h"
#include "run_tool.h"
#include "scratch_folder.h"

namespace {

using namespace lcn;
using nlohmann::json;

const char* const networks[] = {"net_i1_cl", "net_i1_cf", "net_i2_cl", "net_i2_cf", "net_i3_cl", "net_i3_cf"};

std::string network_path(const std::string& name, const std::string& ending) {
    return std::string(LCN_CASES "/models/") + name + ending;
}

RecordedCase recorded_network(const std::string& name) {
    return read_case(network_path(name, ".io.safetensors"));
}

// The network as `lcn convert` writes it, of its first layers alone.
RecordedCase converted(const RecordedCase& network, size_t layers) {
    json config = json::parse(network.metadata.at("model_config"));
    json& list = config["config"]["layers"];
    list.erase(list.begin() + std::ptrdiff_t(layers), list.end());
    RecordedCase model{{{"model_config", config.dump()}}, {}};
    for (const json& layer : list)
        for (const auto& [name, tensor] : network.tensors)
            if (name.rfind(layer["config"]["name"].get<std::string>() + "/", 0) == 0)
                model.tensors[name] = tensor;
    return model;
}
RecordedCase converted(const RecordedCase& network) {
    return converted(network, 5);
}

// No layer sums more than 75 terms; each may round what Keras's float32 rounded otherwise.
void expect_close(const Tensor& actual, const Tensor& expected) {
    ASSERT_EQ(actual.shape, expected.shape);
    float largest = 1;
    for (const float value : expected.values) largest = std::max(largest, std::fabs(value));
    for (size_t k = 0; k < expected.values.size(); k++)
        ASSERT_LE(std::fabs(actual.values[k] - expected.values[k]), 75 * std::ldexp(largest, -23)) << k;
}

class Network : public testing::TestWithParam<std::tuple<const char*, int>> {};

TEST_P(Network, EveryLayerAgreesWithKeras) {
    const auto& [name, target_index] = GetParam();
    const TargetInfo target = target_info(target_index);
    if (!target.usable) GTEST_SKIP() << "this machine cannot run " << target.name;
    const ScratchFolder folder;
    const RecordedCase network = recorded_network(name);
    const std::string input = network_path(name, ".io.safetensors");
    const std::pair<size_t, const char*> outputs[] = {
        {2, "local_a_output"}, {3, "local_b_output"}, {5, "output"}};
    for (const auto& [layers, recorded] : outputs) {
        const RecordedCase model = converted(network, layers);
        write_safetensors(folder.file("model"), model.tensors, model.metadata);
        const ToolResult run =
            run_tool({"run", folder.file("model"), input, "-o", folder.file("out"), "--target", target.name});
        ASSERT_EQ(run.exit_code, 0) << run.errors;
        EXPECT_EQ(run.errors, "");
        const RecordedCase results = read_case(folder.file("out"));
        ASSERT_EQ(results.tensors.size(), 1u);
        expect_close(results.tensors.at("output"), network.tensors.at(recorded));

        EXPECT_EQ(results.metadata.at("target"), target.name);
        std::string printed = std::string("target ") + target.name + "\n";
        for (const std::string symbol : json::parse(results.metadata.at("kernels")))
            printed += "kernel " + symbol + "\n";
        EXPECT_NE(printed.find("kernel lcn_forward_"), std::string::npos);
        EXPECT_EQ(run.output, printed);
    }
    EXPECT_EQ(folder.files(), 2);
}

INSTANTIATE_TEST_SUITE_P(Recorded, Network,
                         testing::Combine(testing::ValuesIn(networks), testing::Range(0, target_count())),
                         [](const testing::TestParamInfo<Network::ParamType>& info) {
                             return std::string(std::get<0>(info.param)) + "_on_" +
                                    target_info(std::get<1>(info.param)).name;
                         });

struct FileForm {
    const char* name;
    const char* ending;
    bool has_config;
};

const FileForm file_forms[] = {{"h5", ".h5", true},
                               {"keras", ".keras", true},
                               {"legacy_weights", "_weights.h5", false},
                               {"weights", ".weights.h5", false}};

class NetworkFile : public testing::TestWithParam<std::tuple<const char*, FileForm>> {};

TEST_P(NetworkFile, RunsOnceConverted) {
    const auto& [name, form] = GetParam();
    const ScratchFolder folder;
    const std::string model = folder.file("model.safetensors");
    std::vector<std::string> convert = {"convert", network_path(name, form.ending), model};
    if (!form.has_config) convert.insert(convert.end(), {"--config", network_path(name, ".keras")});
    const ToolResult conversion = run_tool(convert);
    ASSERT_EQ(conversion.exit_code, 0) << conversion.errors;
    const ToolResult run =
        run_tool({"run", model, network_path(name, ".io.safetensors"), "-o", folder.file("out")});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    expect_close(read_case(folder.file("out")).tensors.at("output"),
                 recorded_network(name).tensors.at("output"));
}

INSTANTIATE_TEST_SUITE_P(Recorded, NetworkFile,
                         testing::Combine(testing::ValuesIn(networks), testing::ValuesIn(file_forms)),
                         [](const testing::TestParamInfo<NetworkFile::ParamType>& info) {
                             return std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
                         });

TEST(RunCommand, GivesTheSameBitsOnAnyNumberOfThreads) {
    const ScratchFolder folder;
    const RecordedCase model = converted(recorded_network("net_i3_cf"));
    write_safetensors(folder.file("model"), model.tensors, model.metadata);
    std::vector<Tensor> outputs;
    for (const char* threads : {"1", "2", "7"}) {
        const ToolResult run =
            run_tool({"run", folder.file("model"), network_path("net_i3_cf", ".io.safetensors"), "-o",
                      folder.file("out"), "--threads", threads});
        ASSERT_EQ(run.exit_code, 0) << run.errors;
        outputs.push_back(read_case(folder.file("out")).tensors.at("output"));
    }
    EXPECT_EQ(outputs[0].values, outputs[1].values);
    EXPECT_EQ(outputs[0].values, outputs[2].values);
}

TEST(RunCommand, NeedsNoKernelForAModelWithoutWeights) {
    const ScratchFolder folder;
    write_safetensors(folder.file("model"), {},
                      {{"model_config", sequential({keras_layer("Flatten")}).dump()}});
    write_safetensors(folder.file("input"), {{"input", {{1, 1, 2}, {3, 4}}}}, {});
    const ToolResult run =
        run_tool({"run", folder.file("model"), folder.file("input"), "-o", folder.file("out")});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    const RecordedCase results = read_case(folder.file("out"));
    EXPECT_EQ(results.tensors.at("output").shape, Shape({1, 2}));
    EXPECT_EQ(results.metadata.at("kernels"), "[]");
    EXPECT_EQ(run.output, "target " + results.metadata.at("target") + "\n");
}

// A network and an input that every test here changes in one place.
struct Files {
    RecordedCase model, input;
};

struct BrokenModel {
    const char* name;
    std::function<void(Files&)> change;
    int exit_code;
    const char* reason;
};

void change_config(Files& files, const std::function<void(json& layers)>& change) {
    json config = json::parse(files.model.metadata.at("model_config"));
    change(config["config"]["layers"]);
    files.model.metadata["model_config"] = config.dump();
}

const BrokenModel broken_models[] = {
    {"no_config", [](Files& f) { f.model.metadata.clear(); }, 1, "no metadata entry \"model_config\""},
    {"text_for_a_config", [](Files& f) { f.model.metadata["model_config"] = "net"; }, 2,
     "model_config: not valid JSON at byte 2"},
    {"unknown_class", [](Files& f) { change_config(f, [](json& l) { l[3]["class_name"] = "LSTM"; }); }, 2,
     "layer \"flat\" (LSTM): lcn does not run this class"},
    {"unknown_value",
     [](Files& f) { change_config(f, [](json& l) { l[1]["config"]["implementation"] = 4; }); }, 2,
     "layer \"local_a\" (LocallyConnected2D): implementation: got 4"},
    {"layers_that_do_not_fit",
     [](Files& f) { change_config(f, [](json& l) {
                        l[2]["config"]["kernel_size"] = {9, 9};
                    }); }, 2,
     "layer \"local_b\" (LocallyConnected2D): input_shape: got [3,7,6,4]"},
    {"other_units", [](Files& f) { change_config(f, [](json& l) { l[4]["config"]["units"] = 11; }); }, 1,
     "tensor \"head/bias\": shape [10], expected [11]"},
    {"other_name", [](Files& f) { change_config(f, [](json& l) { l[4]["config"]["name"] = "tail"; }); }, 1,
     "tensor \"tail/bias\" is missing"},
    {"no_kernel", [](Files& f) { f.model.tensors.erase("local_b/kernel"); }, 1,
     "tensor \"local_b/kernel\" is missing"},
    {"kernel_of_another_shape",
     [](Files& f) {
         f.model.tensors["local_b/kernel"].shape = {24, 15, 5};
     },
     1, "tensor \"local_b/kernel\": shape [24,15,5], expected [15,24,5]"},
    {"tensor_left_over",
     [](Files& f) {
         f.model.tensors["flat/alpha"] = {{1}, {1}};
     },
     1, "tensor \"flat/alpha\" belongs to no layer of the model"},
    {"bias_left_over",
     [](Files& f) { change_config(f, [](json& l) { l[4]["config"]["use_bias"] = false; }); }, 1,
     "tensor \"head/bias\" belongs to no layer"},
    {"no_input", [](Files& f) { f.input.tensors.erase("input"); }, 1, "tensor \"input\" is missing"},
    {"input_of_another_shape",
     [](Files& f) {
         f.input.tensors["input"].shape = {3, 8, 9, 3};
     },
     1, "tensor \"input\": shape [3,8,9,3], expected [null,9,8,3]"},
    {"input_of_another_rank",
     [](Files& f) {
         f.input.tensors["input"].shape = {27, 8, 3};
     },
     1, "tensor \"input\": shape [27,8,3]"},
    {"input_without_images",
     [](Files& f) {
         f.input.tensors["input"] = {{0, 9, 8, 3}, {}};
     },
     1, "tensor \"input\": shape [0,9,8,3], expected positive sizes"},
};

class BrokenFiles : public testing::TestWithParam<BrokenModel> {};

TEST_P(BrokenFiles, FailAndSayWhy) {
    const ScratchFolder folder;
    const RecordedCase network = recorded_network("net_i1_cl");
    Files files{converted(network), network};
    GetParam().change(files);
    write_safetensors(folder.file("model"), files.model.tensors, files.model.metadata);
    write_safetensors(folder.file("input"), files.input.tensors, {});
    expect_failure(run_tool({"run", folder.file("model"), folder.file("input"), "-o", folder.file("out")}),
                   GetParam().exit_code, GetParam().reason);
    EXPECT_EQ(folder.files(), 2);
}

INSTANTIATE_TEST_SUITE_P(Every, BrokenFiles, testing::ValuesIn(broken_models),
                         [](const testing::TestParamInfo<BrokenModel>& info) { return info.param.name; });

// The same tensor of the same size, said to be of another type.
void retype(const std::string& path, const std::string& tensor) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(file), {});
    bytes.replace(bytes.find("F32", bytes.find("\"" + tensor + "\":")), 3, "I32");
    std::ofstream(path, std::ios::binary) << bytes;
}

TEST(RunCommand, NeedsFloat32Tensors) {
    for (const char* tensor : {"input", "head/kernel"}) {
        const ScratchFolder folder;
        const RecordedCase network = recorded_network("net_i1_cl"), model = converted(network);
        write_safetensors(folder.file("model"), model.tensors, model.metadata);
        write_safetensors(folder.file("input"), network.tensors, {});
        retype(folder.file(std::string(tensor) == "input" ? "input" : "model"), tensor);
        expect_failure(
            run_tool({"run", folder.file("model"), folder.file("input"), "-o", folder.file("out")}), 1,
            std::string("tensor \"") + tensor + "\": dtype must be F32, got I32");
        EXPECT_EQ(folder.files(), 2);
    }
}

TEST(RunCommand, RefusesToReplaceWhatItReads) {
    const ScratchFolder folder;
    const std::string model = folder.file("model"), input = folder.file("input");
    lcn::write_safetensors(model, {}, {{"model_config", "{}"}});
    lcn::write_safetensors(input, {}, {});
    for (const std::string& read : {model, input})
        expect_failure(run_tool({"run", model, input, "-o", read}), 2, "is the same file as " + read);
}

TEST(RunCommand, FailsOnFilesItCannotUse) {
    const ScratchFolder folder;
    const std::string input = network_path("net_i1_cl", ".io.safetensors"), out = folder.file("out");
    expect_failure(run_tool({"run", folder.file("none"), input, "-o", out}), 1, "none: No such file");
    expect_failure(run_tool({"run", input, folder.file("none"), "-o", out}), 1, "none: No such file");
    expect_failure(run_tool({"run", input, input, "-o", out}), 1, "belongs to no layer");
    EXPECT_EQ(folder.files(), 0);
    const RecordedCase model = converted(recorded_network("net_i1_cl"));
    write_safetensors(folder.file("model"), model.tensors, model.metadata);
    expect_failure(run_tool({"run", folder.file("model"), input, "-o", folder.file("no/out")}), 1,
                   "no/out: No such file");
    EXPECT_EQ(folder.files(), 1);
}

}  // namespace
