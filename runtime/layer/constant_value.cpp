#include "constant_value.h"

#include <cmath>
#include <limits>

#include "keras_object.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

// The list inside the dictionary of an array.
const json& array_of(const std::string& argument, const json& value) {
    const char* const expected =
        R"(a number, a list or {"class_name": "__numpy__", "config": {"value": ..., "dtype": ...}})";
    const json name = value.value("class_name", json()), config = value.value("config", json());
    const bool is_array = (name == "__numpy__" || name == "__tensor__") && value.size() == 2;
    if (!is_array || !config.is_object() || !config.contains("value") ||
        config.size() != 1 + config.count("dtype"))
        refuse(argument, value, expected);
    return value["config"]["value"];
}

// The shape if the list is not ragged; a ragged one is noticed when its elements are read.
Shape shape_of(const json& list) {
    Shape shape;
    for (const json* inner = &list; inner->is_array(); inner = &inner->front()) {
        shape.push_back(int64_t(inner->size()));
        if (inner->empty()) break;
    }
    return shape;
}

void read(const std::string& argument, const json& value, size_t axis, Tensor& tensor) {
    if (axis < tensor.shape.size()) {
        if (!value.is_array() || int64_t(value.size()) != tensor.shape[axis])
            refuse(argument, value,
                   "a list of " + std::to_string(tensor.shape[axis]) + ", as its neighbours");
        for (const json& element : value) read(argument, element, axis + 1, tensor);
        return;
    }
    const double number = value.is_number() ? value.get<double>() : NAN;
    if (!(std::abs(number) <= std::numeric_limits<float>::max())) refuse(argument, value, "a finite number");
    tensor.values.push_back(float(number));
}

}  // namespace

Tensor parse_constant_value(const std::string& argument, const json& value) {
    const json& list = value.is_object() ? array_of(argument, value) : value;
    Tensor tensor{shape_of(list), {}};
    read(argument, list, 0, tensor);
    return tensor;
}

}  // namespace lcn::layer
