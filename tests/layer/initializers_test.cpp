// Which initializers there are, what is refused, and their configurations.
#include <gtest/gtest.h>

#include <stdexcept>

#include "filled.h"

namespace {

using namespace lcn;
using namespace lcn::layer;
using namespace lcn_test;
using nlohmann::json;

const std::string argument = "kernel_initializer";

json config_of(const Setting<InitializerFunction>& setting) {
    return to_json(argument, parse_initializer(argument, setting), nullptr, {});
}

// Expects action() to throw an Error whose message is one line that contains all `parts`.
template <typename Error, typename Action>
void expect_refused(Action&& action, const std::vector<std::string>& parts) {
    try {
        action();
        FAIL() << "accepted, expected: " << parts.back();
    } catch (const Error& e) {
        const std::string message = e.what();
        for (const std::string& part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
}

TEST(Initializers, Spellings) {
    const std::vector<std::vector<std::string>> spellings = {
        {"Zeros", "zeros", "zero", "ZerosV2"},
        {"Ones", "ones", "one", "OnesV2"},
        {"Constant", "constant", "ConstantV2"},
        {"RandomUniform", "random_uniform", "uniform", "RandomUniformV2"},
        {"RandomNormal", "random_normal", "normal", "RandomNormalV2"},
        {"TruncatedNormal", "truncated_normal", "TruncatedNormalV2"},
        {"VarianceScaling", "variance_scaling", "VarianceScalingV2"},
        {"GlorotUniform", "glorot_uniform", "GlorotUniformV2", "glorot_uniformV2"},
        {"GlorotNormal", "glorot_normal", "GlorotNormalV2", "glorot_normalV2"},
        {"LecunUniform", "lecun_uniform", "LecunUniformV2", "lecun_uniformV2"},
        {"LecunNormal", "lecun_normal", "LecunNormalV2", "lecun_normalV2"},
        {"HeUniform", "he_uniform", "HeUniformV2", "he_uniformV2"},
        {"HeNormal", "he_normal", "HeNormalV2", "he_normalV2"},
        {"Orthogonal", "orthogonal", "OrthogonalV2"},
        {"Identity", "identity", "IdentityV2"},
    };
    for (const auto& of_class : spellings)
        for (const std::string& name : of_class) {
            const json from_name = config_of(name);
            EXPECT_EQ(from_name["class_name"], of_class.front()) << name;
            EXPECT_EQ(from_name["module"], "keras.initializers");
            EXPECT_EQ(config_of(json{{"class_name", name}, {"config", json::object()}}.dump()), from_name);
            EXPECT_EQ(config_of(json{{"class_name", name}, {"config", {{"dtype", "float32"}}}}.dump()),
                      from_name);
        }
}

TEST(Initializers, None) {
    EXPECT_TRUE(config_of(nullptr).is_null());
    const Initializer none = parse_initializer(argument, nullptr);
    const Moments sample = moments(filled(none, {100, 300}));  // the limit of glorot_uniform is sqrt(6 / 400)
    EXPECT_NEAR(sample.max, std::sqrt(6 / 400.0), 1e-4);
    EXPECT_NEAR(sample.min, -std::sqrt(6 / 400.0), 1e-4);
}

// Form by form: what is given, and config.config as Keras writes it.
TEST(Initializers, ConfigurationsKeepWhatIsGiven) {
    const std::vector<std::pair<std::string, std::string>> forms = {
        {R"({"class_name": "RandomUniform", "config": {"minval": -1, "seed": -7}})",
         R"({"minval": -1, "maxval": 0.05, "seed": -7})"},
        {R"({"module": "tf_keras.initializers", "class_name": "TruncatedNormal", "registered_name": null,
             "config": {"mean": 0.25, "stddev": 0.1, "seed": 12345678901}, "shared_object_id": 3})",
         R"({"mean": 0.25, "stddev": 0.1, "seed": 12345678901})"},
        {R"({"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg",
             "distribution": "normal", "seed": null, "dtype": "float32"}})",
         R"({"scale": 1.0, "mode": "fan_avg", "distribution": "truncated_normal", "seed": null})"},
        {R"({"class_name": "variance_scaling", "config": {"distribution": "Uniform", "mode": "fan_out"}})",
         R"({"scale": 1.0, "mode": "fan_out", "distribution": "uniform", "seed": null})"},
        {R"({"class_name": "Custom>HeNormal", "config": {"seed": 1}})", R"({"seed": 1})"},
        {R"({"class_name": "Constant", "config": {"value": [[1, 2.5], [3, 4]]}})",
         R"({"value": [[1, 2.5], [3, 4]]})"},
        {R"({"class_name": "Constant", "config": {"value":
             {"class_name": "__numpy__", "config": {"value": [0.1, 2.0], "dtype": "float32"}}}})",
         R"({"value": {"class_name": "__numpy__", "config": {"value": [0.1, 2.0], "dtype": "float32"}}})"},
    };
    for (const auto& [given, kept] : forms)
        EXPECT_EQ(config_of(given)["config"].dump(), json::parse(kept).dump());
}

TEST(Initializers, Refused) {
    const auto with = [](const std::string& name, const std::string& config) {
        return R"({"class_name": ")" + name + R"(", "config": {)" + config + "}}";
    };
    const std::vector<std::pair<std::string, std::string>> refused = {
        {"", R"("")"},
        {"unknown_name", R"("unknown_name")"},
        {"3", R"("3")"},
        {"glorot", R"("glorot")"},
        {R"({"class_name": "HeUniform")", "JSON"},
        {R"({"class_name": "Unknown", "config": {}})", R"("Unknown")"},
        {R"({"module": "keras.regularizers", "class_name": "Zeros", "config": {}})",
         R"("keras.regularizers")"},
        {with("Zeros", R"("value": 2)"), R"("config.value" with the value 2)"},
        {with("GlorotUniform", R"("scale": 2)"), R"("config.scale" with the value 2)"},
        {with("Identity", R"("seed": 2)"), R"("config.seed" with the value 2)"},
        {with("VarianceScaling", R"("scale": 0.0)"), "config.scale: got 0.0"},
        {with("VarianceScaling", R"("scale": -1)"), "config.scale: got -1"},
        {with("VarianceScaling", R"("scale": "1")"), R"(config.scale: got "1")"},
        {with("VarianceScaling", R"("scale": 1e39)"), "config.scale: got 1e+39"},
        {with("VarianceScaling", R"("mode": "fan")"), R"(config.mode: got "fan")"},
        {with("VarianceScaling", R"("mode": null)"), "config.mode: got null"},
        {with("VarianceScaling", R"("distribution": "gauss")"), R"(config.distribution: got "gauss")"},
        {with("VarianceScaling", R"("distribution": 1)"), "config.distribution: got 1"},
        {with("HeNormal", R"("seed": 1.5)"), "config.seed: got 1.5"},
        {with("HeNormal", R"("seed": true)"), "config.seed: got true"},
        {with("HeNormal", R"("seed": "1")"), R"(config.seed: got "1")"},
        {with("HeNormal", R"("seed": 9223372036854775808)"), "config.seed: got 9223372036854775808"},
        {with("RandomUniform", R"("minval": null)"), "config.minval: got null"},
        {with("RandomUniform", R"("maxval": 1e39)"), "config.maxval: got 1e+39"},
        {with("RandomUniform", R"("maxval": 1e999)"), "out of range"},
        {with("RandomUniform", R"("maxval": NaN)"), "JSON"},
        {with("RandomNormal", R"("mean": [0])"), "config.mean: got [0]"},
        {with("TruncatedNormal", R"("stddev": false)"), "config.stddev: got false"},
        {with("Orthogonal", R"("gain": "2")"), R"(config.gain: got "2")"},
        {with("Constant", R"("value": "2")"), R"(config.value: got "2")"},
        {with("Constant", R"("value": null)"), "config.value: got null"},
        {with("Constant", R"("value": true)"), "config.value: got true"},
        {with("Constant", R"("value": [1, "2"])"), R"(config.value: got "2")"},
        {with("Constant", R"("value": [[1, 2], [3]])"), "config.value: got [3]"},
        {with("Constant", R"("value": [[1, 2], 3])"), "config.value: got 3"},
        {with("Constant", R"("value": [1, [2]])"), "config.value: got [2]"},
        {with("Constant", R"("value": {"class_name": "__numpy__", "config": {"dtype": "int8"}})"),
         "__numpy__"},
        {with("Constant", R"("value": {"class_name": "__list__", "config": {"value": 1}})"), "__list__"},
        {with("Constant", R"("value": {"class_name": "__numpy__", "config": {"value": 1, "shape": []}})"),
         "shape"},
        {with("Constant", R"("value": {"class_name": "__numpy__", "config": {"value": 1}, "module": "x"})"),
         "module"},
        {with("PerPosition", ""), "got null, expected an initializer that scales"},
        {with("PerPosition", R"("initializer": "zeros")"), R"("zeros")"},
        {with("PerPosition", R"("initializer": "he_normal", "seed": 1)"), "config.seed"},
    };
    for (const auto& [given, part] : refused)
        expect_refused<std::invalid_argument>([&, g = given] { parse_initializer(argument, g); },
                                              {argument, part});
    expect_refused<std::invalid_argument>([] { parse_initializer(argument, InitializerFunction()); },
                                          {argument, "empty"});
}

TEST(Initializers, RefusedForAShape) {
    const auto check = [](const std::string& given, const Shape& shape) {
        check_initializer(argument, parse_initializer(argument, given), shape);
    };
    const std::string six = R"({"class_name": "Constant", "config": {"value": [[1, 2, 3], [4, 5, 6]]}})";
    expect_refused<std::invalid_argument>(
        [&] {
            check("identity", {20, 27, 2});
        },
        {argument, "Identity", "[20,27,2]"});
    expect_refused<std::invalid_argument>([&] { check("identity", {1080}); }, {"Identity", "[1080]"});
    expect_refused<std::invalid_argument>([&] { check("orthogonal", {1080}); },
                                          {argument, "Orthogonal", "[1080]"});
    expect_refused<std::invalid_argument>([&] { check(six, {5}); }, {argument, "[2,3]", "[5]"});
    const std::string none = R"({"class_name": "Constant", "config": {"value": []}})";
    expect_refused<std::invalid_argument>([&] { check(none, {5}); }, {argument, "[0]", "[5]"});
    check(none, {5, 0});
    check("identity", {4, 5});
    check("orthogonal", {4, 5});
    check(six, {2, 3});
    check(R"({"class_name": "Constant", "config": {"value": [[2]]}})", {7, 2});
}

TEST(Initializers, OwnFunctionHasNoConfiguration) {
    expect_refused<std::logic_error>([] { config_of([](const Shape&, float*) {}); },
                                     {argument, "cannot be serialised"});
}

// -- per_position

const Fans fans{3 * 2 * 5, 3 * 2 * 7};

struct Scaling {
    const char *name, *distribution;
    double std;
};
const Scaling scalings[] = {
    {"glorot_uniform", "uniform", std::sqrt(2 / (fans.in + fans.out))},
    {"glorot_normal", "truncated_normal", std::sqrt(2 / (fans.in + fans.out))},
    {"lecun_uniform", "uniform", std::sqrt(1 / fans.in)},
    {"lecun_normal", "truncated_normal", std::sqrt(1 / fans.in)},
    {"he_uniform", "uniform", std::sqrt(2 / fans.in)},
    {"he_normal", "truncated_normal", std::sqrt(2 / fans.in)},
    {R"({"class_name": "VarianceScaling", "config": {"scale": 3, "mode": "fan_out", "seed": 11,
         "distribution": "untruncated_normal"}})",
     "untruncated_normal", std::sqrt(3 / fans.out)},
};

TEST(PerPosition, HasTheFansOfOnePosition) {
    const Shape shape = {80, 30, 7};
    for (const Scaling& scaling : scalings) {
        Initializer initializer = parse_initializer(argument, per_position(scaling.name));
        initializer.parameters["seed"] = 11;
        const Moments sample = moments(filled(initializer, shape, nullptr, fans));
        EXPECT_NEAR(sample.mean, 0, 5 * scaling.std / std::sqrt(16800)) << scaling.name;
        EXPECT_NEAR(sample.std, scaling.std, 5 * scaling.std / std::sqrt(2 * 16800)) << scaling.name;
    }
}

// For every shape that Keras declares, the configuration fills as per_position does.
TEST(PerPosition, ConfigurationIsTheSameDistributionInKeras) {
    for (const Scaling& scaling : scalings)
        for (const Shape& shape : {Shape{80, 30, 7}, {12, 9, 5, 10, 8, 7}, {5, 12, 9, 7, 10, 8}, {16800}}) {
            Initializer initializer = parse_initializer(argument, per_position(scaling.name));
            initializer.config["seed"] = initializer.parameters["seed"] = 11;
            const json config = to_json(argument, initializer, &shape, fans);
            EXPECT_EQ(config["class_name"], "VarianceScaling");
            EXPECT_EQ(config["config"]["distribution"], scaling.distribution);
            const Initializer in_keras = parse_initializer(argument, config.dump());
            const Floats ours = filled(initializer, shape, nullptr, fans), theirs = filled(in_keras, shape);
            ASSERT_EQ(ours.size(), theirs.size());
            for (size_t k = 0; k < ours.size(); k++) ASSERT_FLOAT_EQ(ours[k], theirs[k]) << config;
        }
}

TEST(PerPosition, Dictionary) {
    EXPECT_EQ(json::parse(per_position("he_normal")),
              json::parse(R"({"class_name": "PerPosition", "config": {"initializer": "he_normal"}})"));
    const std::string dictionary = R"({"class_name": "HeUniform", "config": {"seed": 3}})";
    EXPECT_EQ(json::parse(per_position(dictionary))["config"]["initializer"], json::parse(dictionary));
    EXPECT_EQ(parse_initializer(argument, per_position(dictionary)).parameters["seed"], 3);
}

TEST(PerPosition, Refused) {
    for (const std::string name : {"zeros", "random_normal", "orthogonal", "identity", "constant"})
        expect_refused<std::invalid_argument>([&] { per_position(name); },
                                              {"per_position", name, "VarianceScaling, GlorotUniform"});
    expect_refused<std::invalid_argument>([] { per_position("unknown_name"); },
                                          {"per_position", "unknown_name"});
    expect_refused<std::invalid_argument>([] { per_position("{"); }, {"per_position", "JSON"});
    expect_refused<std::invalid_argument>([] { per_position(per_position("he_normal")); },
                                          {"per_position", "PerPosition"});
    expect_refused<std::logic_error>([] { config_of(per_position("he_normal")); }, {argument, "built"});
}

}  // namespace
