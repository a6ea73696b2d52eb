// Layers that keep every value and change its place at most.
#include <algorithm>
#include <map>
#include <stdexcept>

#include "arguments.h"
#include "keras_object.h"
#include "model/model_layer.h"
#include "model/permuted.h"
#include "shape_text.h"

namespace lcn::tool {

using layer::refuse;
using layer::shape_json;
using nlohmann::json;

namespace {

class Identity : public ModelLayer {
  public:
    Shape output_shape(const Shape& input) const override { return input; }
    Tensor run(Tensor input) override { return input; }
};

// What says how such a layer trains, and nothing about inference.
const std::map<std::string, std::vector<std::string>> training_keys = {
    {"Dropout", {"rate", "noise_shape", "seed"}},
    {"SpatialDropout1D", {"rate", "noise_shape", "seed"}},
    {"SpatialDropout2D", {"rate", "noise_shape", "seed", "data_format"}},
    {"AlphaDropout", {"rate", "noise_shape", "seed"}},
    {"GaussianDropout", {"rate", "seed"}},
    {"GaussianNoise", {"stddev", "seed"}},
    {"ActivityRegularization", {"l1", "l2"}},
};

class Flatten : public ModelLayer {
  public:
    explicit Flatten(bool channels_first) : channels_first_(channels_first) {}

    Shape output_shape(const Shape& input) const override {
        return {input[0], checked_count(Shape(input.begin() + 1, input.end()))};
    }

    Tensor run(Tensor input) override {
        const Shape output = output_shape(input.shape);
        if (channels_first_ && input.shape.size() > 2) {
            std::vector<size_t> order = {0};
            for (size_t axis = 2; axis < input.shape.size(); axis++) order.push_back(axis);
            order.push_back(1);
            input = permuted(input, order);
        }
        input.shape = output;
        return input;
    }

  private:
    bool channels_first_;
};

class Reshape : public ModelLayer {
  public:
    explicit Reshape(Shape target) : target_(std::move(target)) {}

    Shape output_shape(const Shape& input) const override {
        const int64_t count = checked_count(Shape(input.begin() + 1, input.end()));
        Shape known = target_;
        known.erase(std::remove(known.begin(), known.end(), -1), known.end());
        const int64_t given = checked_count(known);
        const bool all_known = known.size() == target_.size();
        if (all_known ? given != count : count % given != 0)
            refuse(
                "target_shape", target_,
                "sizes for the " + std::to_string(count) + " values of an input " + layer::to_string(input));
        Shape output = {input[0]};
        for (const int64_t size : target_) output.push_back(size == -1 ? count / given : size);
        return output;
    }

    Tensor run(Tensor input) override {
        input.shape = output_shape(input.shape);
        return input;
    }

  private:
    Shape target_;
};

class Permute : public ModelLayer {
  public:
    explicit Permute(std::vector<size_t> order) : order_(std::move(order)) {}

    Shape output_shape(const Shape& input) const override {
        if (input.size() != order_.size())
            refuse("input shape", shape_json(input),
                   std::to_string(order_.size()) + " dimensions, as dims say");
        Shape output;
        for (const size_t axis : order_) output.push_back(input[axis]);
        return output;
    }

    Tensor run(Tensor input) override { return permuted(input, order_); }

  private:
    std::vector<size_t> order_;
};

}  // namespace

LayerPointer make_identity(const std::string& class_name, LayerOptions& options) {
    if (class_name == "InputLayer") {
        for (const char* key : {"sparse", "ragged"})
            if (options.truth(key, false)) refuse(key, true, "false");
        options.ignore({"optional"});
        return std::make_unique<Identity>();
    }
    options.ignore(training_keys.at(class_name));
    return std::make_unique<Identity>();
}

LayerPointer make_flatten(const std::string&, LayerOptions& options) {
    return std::make_unique<Flatten>(options.channels_first(layer::default_data_format()));
}

LayerPointer make_reshape(const std::string&, LayerOptions& options) {
    const Shape target = options.integers("target_shape", max_dimensions - 1);
    if (std::count(target.begin(), target.end(), 0) > 0 || std::count(target.begin(), target.end(), -1) > 1)
        refuse("target_shape", target, "positive sizes, one of them -1 at most");
    return std::make_unique<Reshape>(target);
}

LayerPointer make_permute(const std::string&, LayerOptions& options) {
    const std::vector<int64_t> dims = options.integers("dims", max_dimensions - 1);
    std::vector<size_t> order = {0};
    for (size_t axis = 1; axis <= dims.size(); axis++) {
        if (std::count(dims.begin(), dims.end(), int64_t(axis)) != 1)
            refuse("dims", dims, "each of the axes from 1 on once");
        order.push_back(size_t(dims[axis - 1]));
    }
    return std::make_unique<Permute>(order);
}

}  // namespace lcn::tool
