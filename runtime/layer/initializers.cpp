#include "initializers.h"

#include <stdexcept>

#include "constant_value.h"
#include "initializer_classes.h"
#include "shape_text.h"

namespace lcn::layer {

using nlohmann::json;
using Kind = Initializer::Kind;

namespace {

Initializer parse(const std::string& argument, const json& given);

Initializer parse_per_position(const std::string& argument, const KerasObject& object) {
    check_keys(argument, object, {"initializer"});
    const json inner = object.config.value("initializer", json());
    const std::string expected = "an initializer that scales with fans: " + names_of_scaling_classes();
    if (inner.is_null()) refuse(argument, inner, expected);
    Initializer initializer = parse(argument, inner);
    if (initializer.kind != Kind::scaling || initializer.per_position) refuse(argument, inner, expected);
    initializer.per_position = true;
    return initializer;
}

Initializer parse(const std::string& argument, const json& given) {
    const KerasObject object = parse_keras_object(argument, given, "initializers");
    if (same_name(object.name, "PerPosition")) return parse_per_position(argument, object);
    const InitializerClass& of = initializer_class(argument, object.name);
    Initializer initializer{of.kind, of.name, read_arguments(argument, object, of), json::parse(of.fixed)};
    initializer.parameters.update(initializer.config);
    if (of.kind == Kind::constant)
        initializer.value = parse_constant_value(argument, initializer.parameters["value"]);
    return initializer;
}

}  // namespace

Initializer parse_initializer(const std::string& argument, const Setting<InitializerFunction>& setting) {
    if (setting.own()) {
        if (!*setting.own()) throw std::invalid_argument(argument + ": the function is empty");
        Initializer initializer{Kind::own, "", nullptr, nullptr};
        initializer.own = *setting.own();
        return initializer;
    }
    Initializer initializer =
        parse(argument, setting.text() ? setting_json(argument, *setting.text()) : json("glorot_uniform"));
    initializer.is_none = !setting.text();
    return initializer;
}

void check_initializer(const std::string& argument, const Initializer& initializer, const Shape& declared) {
    const auto refuse_shape = [&](const std::string& what) {
        throw std::invalid_argument(argument + ": " + what + ", but that of the weight is " +
                                    to_string(declared));
    };
    if (initializer.kind == Kind::identity && declared.size() != 2)
        refuse_shape("Identity needs a shape of rank 2");
    if (initializer.kind == Kind::orthogonal && declared.size() < 2)
        refuse_shape("Orthogonal needs a shape of rank 2 or more");
    int64_t count = 1;
    for (const int64_t size : declared) count *= size;
    const size_t given = initializer.value.values.size();
    if (initializer.kind == Kind::constant && given != 1 && given != size_t(count))
        refuse_shape("Constant has a value of shape " + to_string(initializer.value.shape));
}

json to_json(const std::string& argument, const Initializer& initializer, const Shape* declared,
             Fans of_position) {
    if (initializer.is_none) return nullptr;
    if (initializer.kind == Kind::own)
        throw std::logic_error(argument + ": a layer with a function of one's own cannot be serialised");
    if (!initializer.per_position)
        return keras_object_json("initializers", initializer.class_name, initializer.config);
    if (!declared)
        throw std::logic_error(argument + ": per_position can be serialised once the layer is built");
    json config = initializer.parameters;
    config["scale"] = config["scale"].get<double>() * scaling_fan(config["mode"], keras_fans(*declared)) /
                      scaling_fan(config["mode"], of_position);
    return keras_object_json("initializers", "VarianceScaling", config);
}

}  // namespace lcn::layer

std::string lcn::per_position(const std::string& initializer) {
    const nlohmann::json inner = layer::setting_json("per_position", initializer);
    const nlohmann::json object = {{"class_name", "PerPosition"}, {"config", {{"initializer", inner}}}};
    layer::parse("per_position", object);
    return object.dump();
}
