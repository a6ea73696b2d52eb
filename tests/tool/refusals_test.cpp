// What `lcn apply` must not compute: configurations that are not supported (exit code 2), broken cases (1).
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "recorded_case.h"
#include "run_tool.h"
#include "scratch_folder.h"

namespace {

using nlohmann::json;
using namespace lcn::tool;

// A recorded case that every test here changes in one place.
RecordedCase supported_case() {
    return read_case(case_path("000_core_i1_cl_valid"));
}

void expect_apply_fails(const RecordedCase& changed, int exit_code, const std::string& reason) {
    const ScratchFolder folder;
    write_safetensors(folder.file("case"), changed.tensors, changed.metadata);
    expect_failure(run_tool({"apply", folder.file("case"), "-o", folder.file("out")}), exit_code, reason);
    EXPECT_EQ(folder.files(), 1);
}

struct Unsupported {
    const char* key;
    const char* value;  // JSON; null pointer: the key is removed
    const char* reason;
};

const Unsupported unsupported[] = {
    {"implementation", "2", "implementation 2"},
    {"implementation", "3", "implementation 3"},
    {"implementation", "\"1\"", "implementation \"1\""},
    {"padding", "\"same\"", "padding \"same\""},
    {"padding", "\"causal\"", "padding \"causal\""},
    {"data_format", "null", "data_format null"},
    {"data_format", "\"channels_middle\"", "data_format \"channels_middle\""},
    {"data_format", nullptr, "data_format is missing"},
    {"filters", nullptr, "filters is missing"},
    {"filters", "0", "filters 0"},
    {"filters", "-1", "filters -1"},
    {"filters", "2.5", "filters 2.5"},
    {"filters", "9223372036854775808", "filters 9223372036854775808"},
    {"filters", "\"1\"", "filters \"1\""},
    {"kernel_size", nullptr, "kernel_size is missing"},
    {"kernel_size", "[2,0]", "kernel_size [2,0]"},
    {"kernel_size", "[2]", "kernel_size [2]"},
    {"kernel_size", "[2,3,1]", "kernel_size [2,3,1]"},
    {"strides", "[0,1]", "strides [0,1]"},
    {"strides", "[1,1.0]", "strides [1,1.0]"},
    {"use_bias", "1", "use_bias 1"},
    {"dtype", "\"float64\"", "dtype \"float64\""},
    {"dtype", "\"mixed_float16\"", "dtype \"mixed_float16\""},
    {"dtype", R"({"class_name":"Policy","config":{"name":"mixed_float16"}})",
     "dtype {\"class_name\":\"Policy\""},
    {"name", "3", "name 3"},
    {"trainable", "\"yes\"", "trainable \"yes\""},
    {"batch_input_shape", "[null,7]", "batch_input_shape [null,7]"},
    {"kernel_initializer", "3", "kernel_initializer 3"},
    {"dilation_rate", "[1,1]", "unknown key \"dilation_rate\" with the value [1,1]"},
    {"Filters", "1", "unknown key \"Filters\" with the value 1"},
    {"two\\nlines", "1", "unknown key"},

    {"kernel_regularizer", R"({"class_name":"L1","config":{"l1":0.01}})",
     "kernel_regularizer {\"class_name\":\"L1\""},
    {"bias_regularizer", R"({"class_name":"L2","config":{"l2":0.01}})",
     "bias_regularizer {\"class_name\":\"L2\""},
    {"activity_regularizer", "\"l1_l2\"", "activity_regularizer \"l1_l2\""},
    {"kernel_constraint", R"({"class_name":"MaxNorm","config":{"axis":0,"max_value":2}})",
     "kernel_constraint {\"class_name\":\"MaxNorm\""},
    {"bias_constraint", R"({"class_name":"NonNeg","config":{}})",
     "bias_constraint {\"class_name\":\"NonNeg\""},

    {"activation", "\"softmax\"", "activation \"softmax\""},
    {"activation", "\"log_softmax\"", "activation \"log_softmax\""},
    {"activation", "\"no_such\"", "activation \"no_such\""},
    {"activation", "\"RELU\"", "activation \"RELU\""},
    {"activation", "5", "activation 5"},
    {"activation", R"({"class_name":"PReLU","config":{}})", "activation.class_name \"PReLU\""},
    {"activation", R"({"class_name":"Softmax","config":{"axis":-1}})", "activation.class_name \"Softmax\""},
    {"activation", R"({"module":"builtins","class_name":"function","config":"mine"})",
     "activation.class_name \"function\""},
    {"activation", R"({"config":{}})", "activation.class_name null"},
    {"activation", R"({"class_name":"ReLU"})", "activation.config null"},
    {"activation", R"({"class_name":"ReLU","config":{},"extra":1})",
     "unknown key \"activation.extra\" with the value 1"},
    {"activation", R"({"class_name":"ReLU","config":{"alpha":1}})",
     "unknown key \"activation.config.alpha\" with the value 1"},
    {"activation", R"({"class_name":"ReLU","config":{"negative_slope":-1}})",
     "activation.config.negative_slope -1"},
    {"activation", R"({"class_name":"ReLU","config":{"threshold":null}})",
     "activation.config.threshold null"},
    {"activation", R"({"class_name":"ReLU","config":{"max_value":1,"threshold":2}})",
     "activation.config.max_value 1"},
    {"activation", R"({"class_name":"ELU","config":{"alpha":"1"}})", "activation.config.alpha \"1\""},
    {"activation", R"({"class_name":"ELU","config":{"alpha":1e300}})", "activation.config.alpha 1e+300"},
    {"activation", R"({"class_name":"ELU","config":{"dtype":"float16"}})",
     "activation.config.dtype \"float16\""},
    {"activation", R"({"class_name":"ThresholdedReLU","config":{"theta":-0.5}})",
     "activation.config.theta -0.5"},
    {"activation", R"({"class_name":"ReLU","config":{},"registered_name":"mine>ReLU"})",
     "activation.registered_name \"mine>ReLU\""},
    {"activation", R"({"class_name":"ReLU","config":{},"module":"mine.layers"})",
     "activation.module \"mine.layers\""},
};

class UnsupportedConfiguration : public testing::TestWithParam<Unsupported> {};

TEST_P(UnsupportedConfiguration, IsRefusedByName) {
    const Unsupported& change = GetParam();
    RecordedCase recorded = supported_case();
    json config = json::parse(recorded.metadata["config"]);
    if (change.value)
        config[change.key] = json::parse(change.value);
    else
        config.erase(change.key);
    recorded.metadata["config"] = config.dump();
    expect_apply_fails(recorded, 2, change.reason);
}

INSTANTIATE_TEST_SUITE_P(Every, UnsupportedConfiguration, testing::ValuesIn(unsupported),
                         [](const testing::TestParamInfo<Unsupported>& info) {
                             std::string name = info.param.key;
                             std::replace_if(
                                 name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
                             return name + "_" + std::to_string(info.index);
                         });

struct Broken {
    const char* name;
    std::function<void(RecordedCase&)> change;
    const char* reason;
};

void set_config(RecordedCase& recorded, const char* key, const json& value) {
    json config = json::parse(recorded.metadata["config"]);
    config[key] = value;
    recorded.metadata["config"] = config.dump();
}

const Broken broken[] = {
    {"no_config", [](auto& c) { c.metadata.erase("config"); }, "no metadata entry \"config\""},
    {"config_no_json", [](auto& c) { c.metadata["config"] = "{\"filters\": "; }, "config: not valid JSON"},
    {"config_no_object", [](auto& c) { c.metadata["config"] = "[1]"; }, "config: not a JSON object: [1]"},
    {"config_deep", [](auto& c) { c.metadata["config"] = std::string(100'000, '['); },
     "config: JSON is nested"},
    {"config_key_twice", [](auto& c) { c.metadata["config"] = R"({"filters":1,"filters":2})"; },
     "\"filters\" twice"},
    {"no_input", [](auto& c) { c.tensors.erase("input"); }, "tensor \"input\" is missing"},
    {"no_kernel", [](auto& c) { c.tensors.erase("kernel"); }, "tensor \"kernel\" is missing"},
    {"no_bias", [](auto& c) { c.tensors.erase("bias"); }, "tensor \"bias\" is missing"},
    {"bias_unasked", [](auto& c) { set_config(c, "use_bias", false); },
     "tensor \"bias\" is given, but use_bias"},
    {"unknown_tensor",
     [](auto& c) {
         c.tensors["weights"] = {{1}, {1}};
     },
     "tensor \"weights\" is unknown"},
    {"input_rank",
     [](auto& c) {
         c.tensors["input"].shape = {2, 7, 27};
     },
     "tensor \"input\": shape [2,7,27], expected 4 dimensions"},
    {"input_size",
     [](auto& c) {
         c.tensors["input"].shape = {2, 9, 7, 3};
     },
     "tensor \"bias\": shape [6,7,1], expected [8,5,1]"},
    {"input_empty",
     [](auto& c) {
         c.tensors["input"] = {{0, 7, 9, 3}, {}};
     },
     "batch must be positive, got 0"},
    {"input_unlike_config",
     [](auto& c) {
         set_config(c, "batch_input_shape", {nullptr, 7, 8, 3});
     },
     "tensor \"input\": shape [2,7,9,3], expected batch_input_shape [-1,7,8,3]"},
    {"kernel_shape",
     [](auto& c) {
         c.tensors["kernel"].shape = {42, 1, 18};
     },
     "tensor \"kernel\": shape [42,1,18], expected [42,18,1]"},
    {"bias_shape", [](auto& c) { c.tensors["bias"].shape = {42}; },
     "tensor \"bias\": shape [42], expected [6,7,1]"},
    {"gradient_shape",
     [](auto& c) {
         c.tensors["grad_output"].shape = {2, 1, 6, 7};
     },
     "tensor \"grad_output\": shape [2,1,6,7], expected [2,6,7,1]"},
    {"filters_unlike_kernel", [](auto& c) { set_config(c, "filters", 2); },
     "tensor \"bias\": shape [6,7,1], expected [6,7,2]"},
    {"format_unlike_input", [](auto& c) { set_config(c, "data_format", "channels_first"); },
     "tensor \"bias\": shape [6,7,1], expected [8,1,1]"},
    {"kernel_too_large",
     [](auto& c) {
         set_config(c, "kernel_size", {8, 3});
     },
     "kernel_rows 8 is larger than input_rows 7"},
    {"product_overflows", [](auto& c) { set_config(c, "filters", int64_t(1) << 62); },
     "filters is too large"},
};

class BrokenCase : public testing::TestWithParam<Broken> {};

TEST_P(BrokenCase, FailsAndSaysWhy) {
    RecordedCase recorded = supported_case();
    GetParam().change(recorded);
    expect_apply_fails(recorded, 1, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(Every, BrokenCase, testing::ValuesIn(broken),
                         [](const testing::TestParamInfo<Broken>& info) { return info.param.name; });

TEST(ApplyCommand, FailsOnFilesItCannotUse) {
    const ScratchFolder folder;
    const std::string good = case_path("000_core_i1_cl_valid"), out = folder.file("out");
    expect_failure(run_tool({"apply", folder.file("none"), "-o", out}), 1, "none: No such file");
    expect_failure(run_tool({"apply", folder.file("."), "-o", out}), 1, "not a regular file");
    expect_failure(run_tool({"apply", good, "-o", folder.file("no/out")}), 1, "no/out: No such file");
    expect_failure(run_tool({"apply", good, "-o", folder.file(".")}), 1, "not a regular file");
    EXPECT_EQ(folder.files(), 0);
    std::ofstream(folder.file("cut")) << std::ifstream(good).rdbuf();
    std::filesystem::resize_file(folder.file("cut"), std::filesystem::file_size(good) - 1);
    expect_failure(run_tool({"apply", folder.file("cut"), "-o", out}), 1, "cut: tensor \"output\"");
    EXPECT_EQ(folder.files(), 1);
}

TEST(ApplyCommand, NeedsFloat32Tensors) {
    const ScratchFolder folder;
    RecordedCase recorded = supported_case();
    write_safetensors(folder.file("case"), recorded.tensors, recorded.metadata);
    std::string bytes;
    {
        std::ifstream file(folder.file("case"), std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(file), {});
    }
    const size_t at = bytes.find("F32", bytes.find("\"kernel\":"));
    bytes.replace(at, 3, "I32");
    std::ofstream(folder.file("case"), std::ios::binary) << bytes;
    expect_failure(run_tool({"apply", folder.file("case"), "-o", folder.file("out")}), 1,
                   "tensor \"kernel\": dtype must be F32, got I32");
    EXPECT_EQ(folder.files(), 1);
}

}  // namespace
