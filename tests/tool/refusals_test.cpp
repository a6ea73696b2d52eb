// What `lcn apply` must not compute: configurations that are not supported (exit code 2), broken cases (1).
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "layer/recorded_case.h"
#include "run_tool.h"
#include "scratch_folder.h"

namespace {

using nlohmann::json;
using namespace lcn;

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
    {"implementation", "0", "implementation: got 0"},
    {"implementation", "4", "implementation: got 4"},
    {"implementation", "2.5", "implementation: got 2.5"},
    {"implementation", "\"1\"", "implementation: got \"1\""},
    {"implementation", "null", "implementation: got null"},
    {"padding", "\"same\"", "padding: got \"same\""},
    {"padding", "\"causal\"", "padding: got \"causal\""},
    {"padding", "null", "padding: got null"},
    {"data_format", "\"channels_middle\"", "data_format: got \"channels_middle\""},
    {"data_format", "1", "data_format: got 1"},
    {"filters", nullptr, "filters is missing"},
    {"filters", "0", "filters: got 0"},
    {"filters", "-1", "filters: got -1"},
    {"filters", "2.5", "filters: got 2.5"},
    {"filters", "true", "filters: got true"},
    {"filters", "null", "filters: got null"},
    {"filters", "9223372036854775808", "filters: got 9223372036854775808"},
    {"filters", "\"1\"", "filters: got \"1\""},
    {"kernel_size", nullptr, "kernel_size is missing"},
    {"kernel_size", "[2,0]", "kernel_size: got [2,0]"},
    {"kernel_size", "[2]", "kernel_size: got [2]"},
    {"kernel_size", "[2,3,1]", "kernel_size: got [2,3,1]"},
    {"kernel_size", "[3.5,2]", "kernel_size: got [3.5,2]"},
    {"kernel_size", "3.0", "kernel_size: got 3.0"},
    {"kernel_size", "\"33\"", "kernel_size: got \"33\""},
    {"strides", "[0,1]", "strides: got [0,1]"},
    {"strides", "[1,1.0]", "strides: got [1,1.0]"},
    {"strides", "-1", "strides: got -1"},
    {"use_bias", "\"yes\"", "use_bias: got \"yes\""},
    {"dtype", "\"float64\"", "dtype: got \"float64\""},
    {"dtype", R"({"class_name":"Policy","config":{"name":"mixed_float16"}})", "dtype: got \"mixed_float16\""},
    {"name", "3", "name: got 3"},
    {"trainable", "\"yes\"", "trainable: got \"yes\""},
    {"batch_input_shape", "[null,7]", "batch_input_shape: got [null,7]"},
    {"kernel_initializer", "3", "kernel_initializer: got 3"},
    {"kernel_initializer", "\"no_such\"", "kernel_initializer: got \"no_such\""},
    {"dilation_rate", "[1,1]", "unknown key \"dilation_rate\" with the value [1,1]"},
    {"groups", "1", "unknown key \"groups\" with the value 1"},
    {"two\\nlines", "1", "unknown key"},
    {"kernel_regularizer", "\"no_such\"", "kernel_regularizer: got \"no_such\""},
    {"activity_regularizer", R"({"class_name":"L2","config":{"l2":"x"}})", "activity_regularizer"},
    {"kernel_constraint", R"({"class_name":"RadialConstraint","config":{}})", "kernel_constraint"},
    {"kernel_initializer", "\"identity\"", "kernel_initializer"},
    {"kernel_constraint", R"({"class_name":"UnitNorm","config":{"axis":3}})",
     "kernel_constraint.config.axis"},
    {"activation", R"({"class_name":"PReLU","config":{}})", "activation"},
    {"activation", "\"RELU\"", "activation: got \"RELU\""},
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
    int exit_code = 1;  // 2: the configuration is at fault
};

void set_config(RecordedCase& recorded, const char* key, const json& value) {
    json config = json::parse(recorded.metadata["config"]);
    config[key] = value;
    recorded.metadata["config"] = config.dump();
}

const Broken broken[] = {
    {"no_config", [](auto& c) { c.metadata.erase("config"); }, "no metadata entry \"config\""},
    {"config_no_json", [](auto& c) { c.metadata["config"] = "{\"filters\": "; }, "config: not valid JSON", 2},
    {"config_no_object", [](auto& c) { c.metadata["config"] = "[1]"; }, "config: got [1]", 2},
    {"config_deep", [](auto& c) { c.metadata["config"] = std::string(100'000, '['); },
     "config: JSON is nested", 2},
    {"config_key_twice", [](auto& c) { c.metadata["config"] = R"({"filters":1,"filters":2})"; },
     "\"filters\" twice", 2},
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
     "LocallyConnected1D: kernel_size: got [2,3]", 2},
    {"input_size",
     [](auto& c) {
         c.tensors["input"].shape = {2, 9, 7, 3};
     },
     "tensor \"bias\": shape [6,7,1], expected [8,5,1]"},
    {"input_empty",
     [](auto& c) {
         c.tensors["input"] = {{0, 7, 9, 3}, {}};
     },
     "tensor \"grad_output\": shape [2,6,7,1], expected [0,6,7,1]"},
    {"input_unlike_config",
     [](auto& c) {
         set_config(c, "batch_input_shape", {nullptr, 7, 8, 3});
     },
     "tensor \"input\": input_shape: got [2,7,9,3], expected the sizes of batch_input_shape [null,7,8,3]"},
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
     "tensor \"input\": input_shape: got [2,7,9,3], expected at least 8 rows"},
    {"product_overflows", [](auto& c) { set_config(c, "filters", int64_t(1) << 62); },
     "expected a kernel of less than 2^61 bytes"},
};

class BrokenCase : public testing::TestWithParam<Broken> {};

TEST_P(BrokenCase, FailsAndSaysWhy) {
    RecordedCase recorded = supported_case();
    GetParam().change(recorded);
    expect_apply_fails(recorded, GetParam().exit_code, GetParam().reason);
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
