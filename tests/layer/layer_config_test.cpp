// get_config and from_config: every form of Keras's JSON.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "recorded_case.h"
#include "support/expect_error.h"
#include "tool/scratch_folder.h"

namespace {

using namespace lcn;
using nlohmann::json;

// What Keras recorded comes out again, key by key, for every recorded layer.
TEST(Config, OfEveryRecordedLayerComesBack) {
    for (const std::string& name : case_names()) {
        const RecordedCase recorded = read_case(case_path(name));
        const LocallyConnected2D layer = LocallyConnected2D::from_config(recorded.metadata.at("config"));
        EXPECT_EQ(json::parse(layer.get_config()), recorded.config()) << name;
    }
}

TEST(Config, HasKerasKeysInKerasOrder) {
    LayerArguments arguments{64, 3};
    arguments.name = "local";
    arguments.input_shape = Shape{32, 32, 3};
    arguments.activation = "relu";
    arguments.kernel_regularizer = "l2";
    arguments.bias_initializer = nullptr;
    const auto written = nlohmann::ordered_json::parse(LocallyConnected2D(arguments).get_config());
    std::vector<std::string> keys;
    for (const auto& [key, value] : written.items()) keys.push_back(key);
    EXPECT_EQ(keys, (std::vector<std::string>{
                        "name", "trainable", "batch_input_shape", "dtype", "filters", "kernel_size",
                        "strides", "padding", "data_format", "activation", "use_bias", "kernel_initializer",
                        "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer",
                        "kernel_constraint", "bias_constraint", "implementation"}));
    EXPECT_EQ(written["batch_input_shape"].dump(), "[null,32,32,3]");
    EXPECT_EQ(written["kernel_size"].dump(), "[3,3]");
    EXPECT_EQ(written["activation"], "relu");
    EXPECT_TRUE(written["bias_initializer"].is_null());
    EXPECT_EQ(written["kernel_regularizer"]["config"]["l2"], 0.009999999776482582);
}

TEST(Config, OfOneDimensionHasListsOfOne) {
    LayerArguments arguments{4, 3};
    const json written = json::parse(LocallyConnected1D(arguments).get_config());
    EXPECT_EQ(written["kernel_size"].dump(), "[3]");
    EXPECT_EQ(written["strides"].dump(), "[1]");
    EXPECT_EQ(json::parse(LocallyConnected1D::from_config(written.dump()).get_config()), written);
}

TEST(Config, TakesKerasDefaultsForMissingKeys) {
    const LocallyConnected2D layer =
        LocallyConnected2D::from_config(R"({"filters": 4, "kernel_size": [3, 2]})");
    const json config = json::parse(layer.get_config());
    EXPECT_EQ(config["strides"].dump(), "[1,1]");
    EXPECT_EQ(config["padding"], "valid");
    EXPECT_EQ(config["activation"], "linear");
    EXPECT_EQ(config["use_bias"], true);
    EXPECT_EQ(config["implementation"], 1);
    EXPECT_EQ(config["kernel_initializer"]["class_name"], "GlorotUniform");
    EXPECT_EQ(config["bias_initializer"]["class_name"], "Zeros");
}

// Pairs of a form that Keras or one of its relatives has written and the value that lcn reads there.
TEST(Config, TakesEveryFormThatWasEverWritten) {
    struct Form {
        const char *key, *value, *read;
    };
    const Form forms[] = {
        {"kernel_size", "3", "[3,3]"},
        {"kernel_size", R"({"class_name": "__tuple__", "items": [3, 2]})", "[3,2]"},
        {"strides", R"({"class_name": "TensorShape", "items": [2, 1]})", "[2,1]"},
        {"batch_input_shape", R"({"class_name": "__tuple__", "items": [null, 9, 8, 3]})", "[null,9,8,3]"},
        {"padding", "\"VALID\"", "\"valid\""},
        {"data_format", "\"Channels_First\"", "\"channels_first\""},
        {"implementation", "1.0", "1"},
        {"implementation", "true", "1"},
        {"use_bias", "0", "false"},
        {"dtype", R"({"class_name": "Policy", "config": {"name": "float32"}})", "\"float32\""},
        {"dynamic", "true", "true"},
        {"activation", "null", "\"linear\""},
        {"activation", "\"silu\"", "\"swish\""},
        {"activation",
         R"({"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"})",
         "\"relu\""},
        {"activation",
         R"({"class_name": "Softmax", "config": {"axis": {"class_name": "__tuple__", "items": [1, 2]},
             "name": "s", "trainable": true, "dtype": {"class_name": "Policy", "config": {"name": "float32"}}}})",
         R"({"module":"keras.layers","class_name":"Softmax","registered_name":null,
             "config":{"axis":[1,2],"name":"s","trainable":true,"dtype":"float32"}})"},
        {"kernel_initializer", "null", "null"},
        {"kernel_regularizer", R"({"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.5}})",
         R"({"module":"keras.regularizers","class_name":"L1L2","config":{"l1":0.0,"l2":0.5},
             "registered_name":null})"},
        {"kernel_constraint", R"({"class_name": "max_norm", "config": {"max_value": 2, "axis": 0},
                                  "shared_object_id": 4})",
         R"({"module":"keras.constraints","class_name":"MaxNorm","config":{"max_value":2,"axis":0},
             "registered_name":null})"},
        {"kernel_initializer",
         R"({"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform",
             "seed": null, "dtype": "float32"}})",
         R"({"module":"keras.initializers","class_name":"VarianceScaling","config":{"scale":1.0,"mode":"fan_avg",
             "distribution":"uniform","seed":null},"registered_name":null})"},
        {"bias_initializer", R"({"module": "tf_keras.initializers", "class_name": "Zeros", "config": {},
                                 "registered_name": null, "__passive_serialization__": true})",
         R"({"module":"keras.initializers","class_name":"Zeros","config":{},"registered_name":null})"},
    };
    for (const Form& form : forms) {
        json config = {{"filters", 4}, {"kernel_size", 3}};
        config[form.key] = json::parse(form.value);
        const LocallyConnected2D layer = LocallyConnected2D::from_config(config.dump());
        EXPECT_EQ(json::parse(layer.get_config())[form.key], json::parse(form.read)) << form.value;
    }
}

TEST(Config, TakesALayersDictionaryToo) {
    const char* forms[] = {
        R"({"class_name": "LocallyConnected2D", "config": {"filters": 4, "kernel_size": 3}})",
        R"({"module": "keras.layers", "class_name": "LocallyConnected2D",
            "config": {"filters": 4, "kernel_size": 3}, "registered_name": null,
            "build_config": {"input_shape": [null, 9, 9, 1]}})",
    };
    for (const char* form : forms) EXPECT_EQ(LocallyConnected2D::from_config(form).arguments().filters, 4);
    EXPECT_THROW(LocallyConnected1D::from_config(forms[0]), std::invalid_argument);
}

TEST(Config, OfPerPositionIsWhatKerasCanRead) {
    LayerArguments arguments{4, 3};
    arguments.kernel_initializer = per_position("he_normal");
    LocallyConnected2D layer(arguments);
    EXPECT_THROW(layer.get_config(), std::logic_error);
    layer.build({unknown, 7, 7, 2});
    const json written = json::parse(layer.get_config())["kernel_initializer"];
    EXPECT_EQ(written["class_name"], "VarianceScaling");
    EXPECT_DOUBLE_EQ(written["config"]["scale"], 2.0 * 25);  // Keras divides by the fan of 25 positions
}

// Sets an environment variable for a scope.
class Environment {
  public:
    Environment(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        setenv(name, value.c_str(), 1);
    }
    ~Environment() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }

  private:
    const char* name_;
    std::optional<std::string> before_;
};

TEST(DataFormat, ThatIsNotGivenComesFromKerasJson) {
    const ScratchFolder folder;
    const auto format = [] { return *LocallyConnected2D({1, 1}).arguments().data_format; };
    const auto write = [](const std::string& path, const std::string& text) { std::ofstream(path) << text; };
    {
        const Environment home("KERAS_HOME", folder.file("."));
        EXPECT_EQ(format(), "channels_last") << "there is no file";
        write(folder.file("keras.json"),
              R"({"image_data_format": "channels_first", "backend": "tensorflow"})");
        EXPECT_EQ(format(), "channels_first");
        write(folder.file("keras.json"), "{}");
        EXPECT_EQ(format(), "channels_last");
        for (const char* wrong :
             {"{", "[]", R"({"image_data_format": "NCHW"})", R"({"image_data_format": 1})"}) {
            write(folder.file("keras.json"), wrong);
            EXPECT_THROW(format(), std::invalid_argument) << wrong;
        }
        write(folder.file("keras.json"), "{}" + std::string(1'000'000, ' '));
        expect_error<std::invalid_argument>(format, "more than 1000000 bytes");
        std::filesystem::remove(folder.file("keras.json"));
        ASSERT_EQ(mkfifo(folder.file("keras.json").c_str(), 0600), 0);
        expect_error<std::invalid_argument>(format, "not a regular file");
    }
    const Environment home("HOME", folder.file("."));
    unsetenv("KERAS_HOME");
    std::filesystem::create_directory(folder.file(".keras"));
    write(folder.file(".keras/keras.json"), R"({"image_data_format": "channels_first"})");
    EXPECT_EQ(format(), "channels_first");
    LayerArguments given{1, 1};
    given.data_format = "channels_last";
    EXPECT_EQ(LocallyConnected2D(given).arguments().data_format, "channels_last");
}

}  // namespace
