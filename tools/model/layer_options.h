// The configuration of one layer of a model, read key by key.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lcn/layer.h"

namespace lcn::tool {

const size_t max_dimensions = 8;  // with the batch, as of a tensor in a safetensors file

// Every method throws std::invalid_argument naming the key and its value when that is not of the kind asked
// for. A key that is missing has the value `otherwise`; without one it must be there.
class LayerOptions {
  public:
    // Reads what every layer has: name, trainable, dtype (which must be float32), batch_input_shape, ...
    explicit LayerOptions(nlohmann::json config);

    const std::string& name() const { return name_; }
    // batch_input_shape or what stands for it; sizes may be unknown.
    const std::optional<Shape>& declared_shape() const { return declared_shape_; }
    // The name and all keys that are not of every layer, for who reads them by other means.
    nlohmann::json own();

    // The value as it is, null when it is missing.
    const nlohmann::json& get(const std::string& key);
    // Keys whose values do not matter.
    void ignore(const std::vector<std::string>& keys);

    bool truth(const std::string& key, bool otherwise);
    double number(const std::string& key, double otherwise);
    int64_t size(const std::string& key);  // at least 1
    // `count` integers of at least `least`, or one that stands for all.
    std::vector<int64_t> sizes(const std::string& key, size_t count, int64_t least,
                               std::vector<int64_t> otherwise);
    // At most `longest`.
    std::vector<int64_t> integers(const std::string& key, size_t longest);
    // In lower case, one of two; null is as if it were missing.
    std::string choice(const std::string& key, const std::string& otherwise, const std::string& other);
    // data_format; `otherwise` is what Keras takes without one.
    bool channels_first(const std::string& otherwise);

    void refuse_unknown_keys() const;

  private:
    const nlohmann::json& needed(const std::string& key);

    nlohmann::json config_;
    std::set<std::string> known_;
    std::string name_;
    std::optional<Shape> declared_shape_;
};

// An integer that fits 31 bits: sums of a few, and products of two, fit 64.
int64_t small_integer(const std::string& key, const nlohmann::json& value, int64_t least);

}  // namespace lcn::tool
