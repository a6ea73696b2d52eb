#include "initializer_classes.h"

#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "constant_value.h"

namespace lcn::layer {

using nlohmann::json;
using Kind = Initializer::Kind;

namespace {

constexpr const char* seed_alone = R"({"seed": null})";
constexpr const char* mean_and_stddev = R"({"mean": 0.0, "stddev": 0.05, "seed": null})";

constexpr InitializerClass classes[] = {
    {"Zeros", "zero", Kind::constant, "{}", R"({"value": 0})"},
    {"Ones", "one", Kind::constant, "{}", R"({"value": 1})"},
    {"Constant", "", Kind::constant, R"({"value": 0})", "{}"},
    {"RandomUniform", "uniform", Kind::uniform, R"({"minval": -0.05, "maxval": 0.05, "seed": null})", "{}"},
    {"RandomNormal", "normal", Kind::normal, mean_and_stddev, "{}"},
    {"TruncatedNormal", "", Kind::truncated_normal, mean_and_stddev, "{}"},
    {"VarianceScaling", "", Kind::scaling,
     R"({"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal", "seed": null})", "{}"},
    {"GlorotUniform", "", Kind::scaling, seed_alone,
     R"({"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"})"},
    {"GlorotNormal", "", Kind::scaling, seed_alone,
     R"({"scale": 1.0, "mode": "fan_avg", "distribution": "truncated_normal"})"},
    {"LecunUniform", "", Kind::scaling, seed_alone,
     R"({"scale": 1.0, "mode": "fan_in", "distribution": "uniform"})"},
    {"LecunNormal", "", Kind::scaling, seed_alone,
     R"({"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"})"},
    {"HeUniform", "", Kind::scaling, seed_alone,
     R"({"scale": 2.0, "mode": "fan_in", "distribution": "uniform"})"},
    {"HeNormal", "", Kind::scaling, seed_alone,
     R"({"scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal"})"},
    {"Orthogonal", "", Kind::orthogonal, R"({"gain": 1.0, "seed": null})", "{}"},
    {"Identity", "", Kind::identity, R"({"gain": 1.0})", "{}"},
};

template <typename Listed>
std::string names_of(Listed is_listed) {
    std::string names;
    for (const InitializerClass& c : classes)
        if (is_listed(c)) names += (names.empty() ? "" : ", ") + std::string(c.name);
    return names;
}

// -- Values of arguments. Each returns the value as get_config writes it.

json finite(const std::string& name, const json& value) {
    const double number = value.is_number() ? value.get<double>() : NAN;
    if (!(std::abs(number) <= std::numeric_limits<float>::max())) refuse(name, value, "a finite number");
    return value;
}

json positive(const std::string& name, const json& value) {
    if (!(finite(name, value).get<double>() > 0)) refuse(name, value, "a positive number");
    return value;
}

json seed(const std::string& name, const json& value) {
    const bool too_large = value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(INT64_MAX);
    if (!value.is_null() && (!value.is_number_integer() || too_large))
        refuse(name, value, "null or an integer of 64 bits");
    return value;
}

json mode(const std::string& name, const json& value) {
    if (value != "fan_in" && value != "fan_out" && value != "fan_avg")
        refuse(name, value, "fan_in, fan_out or fan_avg");
    return value;
}

json distribution(const std::string& name, const json& value) {
    std::string text = value.is_string() ? value.get<std::string>() : "";
    for (char& letter : text) letter = char(std::tolower(static_cast<unsigned char>(letter)));
    if (text == "normal") text = "truncated_normal";  // as Keras without TensorFlow calls it
    if (text != "uniform" && text != "truncated_normal" && text != "untruncated_normal")
        refuse(name, value, "uniform, truncated_normal or untruncated_normal");
    return text;
}

json constant(const std::string& name, const json& value) {
    parse_constant_value(name, value);
    return value;
}

}  // namespace

const InitializerClass& initializer_class(const std::string& argument, const std::string& name) {
    for (const InitializerClass& c : classes)
        if (same_name(name, c.name) || same_name(name, c.name + std::string("V2")) ||
            (*c.alias && same_name(name, c.alias)))
            return c;
    refuse(argument, name, "one of " + names_of([](const InitializerClass&) { return true; }));
}

std::string names_of_scaling_classes() {
    return names_of([](const InitializerClass& c) { return c.kind == Kind::scaling; });
}

json read_arguments(const std::string& argument, const KerasObject& object, const InitializerClass& of) {
    struct Reader {
        const char* key;
        json (*read)(const std::string& name, const json& value);
    };
    static constexpr Reader readers[] = {
        {"distribution", distribution},
        {"gain", finite},
        {"maxval", finite},
        {"mean", finite},
        {"minval", finite},
        {"mode", mode},
        {"scale", positive},
        {"seed", seed},
        {"stddev", finite},
        {"value", constant},
    };
    json config = json::parse(of.arguments);
    std::vector<std::string> keys = {"dtype"};  // TensorFlow 1 wrote it; Keras drops it, too
    for (const auto& [key, ignored] : config.items()) keys.push_back(key);
    check_keys(argument, object, keys);
    for (const auto& [key, read] : readers)
        if (config.contains(key))
            config[key] = read(argument + ".config." + key, object.config.value(key, config[key]));
    return config;
}

}  // namespace lcn::layer
