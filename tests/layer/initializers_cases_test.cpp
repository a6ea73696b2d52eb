// What real Keras drew for every weight of a layer, in tests/cases/initializers.json.
#include <gtest/gtest.h>

#include <fstream>

#include "filled.h"

namespace {

using namespace lcn;
using namespace lcn::layer;
using namespace lcn_test;
using nlohmann::json;

const json& recorded() {
    static const json file = json::parse(std::ifstream(std::string(LCN_CASES) + "/initializers.json"));
    return file;
}

KernelLayout layout_of(const json& row) {
    const Shape image = recorded()["input_hwc"], kernel = recorded()["kernel_size"];
    const auto axis = [&](int a) { return Axis{image[a], kernel[a], 1, 0, image[a] - kernel[a] + 1}; };
    return {2,        row["implementation"], row["data_format"] == "channels_first", axis(0), axis(1),
            image[2], recorded()["filters"]};
}

Initializer initializer_of(const json& given) {
    if (given.is_null()) return parse_initializer("kernel_initializer", nullptr);
    return parse_initializer("kernel_initializer", given.get<std::string>());
}

// Whether a sample of `count` has the distribution's moments, by five standard errors; and its limits, up to
// what misses with a probability of exp(-20).
void expect_moments(const Moments& sample, const json& expected, int64_t count) {
    const double n = double(count), error = 1 / std::sqrt(n), std = expected["std"];
    EXPECT_NEAR(sample.mean, 0, 5 * std * error);
    EXPECT_NEAR(sample.std, std, 5 * std * error * std::sqrt(0.5));  // a normal distribution has the largest
    if (expected["kind"] == "normal") {
        const double largest = std::sqrt(2 * std::log(n)) * std;
        for (const double extreme : {sample.max, -sample.min}) {
            EXPECT_GT(extreme, largest - 1.5 * std);
            EXPECT_LT(extreme, largest + 3 * std);
        }
        return;
    }
    const bool is_uniform = expected["kind"] == "uniform";
    const double limit = is_uniform ? expected["high"] : expected["cut"];
    const double density = is_uniform ? 1 / (2 * limit) : 0.0565 / expected["parent_std"].get<double>();
    for (const double extreme : {sample.max, -sample.min}) {
        EXPECT_GT(extreme, limit - 20 / (n * density));
        EXPECT_LE(extreme, limit * (1 + 1e-7));
    }
    EXPECT_TRUE(!is_uniform || sample.max < double(float(limit)));
}

// How far the columns, or the rows when there are fewer, are from orthonormal.
double gram_error(const Floats& values, int64_t columns) {
    const int64_t rows = int64_t(values.size()) / columns, vectors = std::min(rows, columns);
    const auto element = [&](int64_t vector, int64_t e) {
        return double(rows < columns ? values[vector * columns + e] : values[e * columns + vector]);
    };
    double error = 0;
    for (int64_t a = 0; a < vectors; a++)
        for (int64_t b = 0; b <= a; b++) {
            double dot = a == b ? -1 : 0;
            for (int64_t e = 0; e < std::max(rows, columns); e++) dot += element(a, e) * element(b, e);
            error = std::fmax(error, std::abs(dot));
        }
    return error;
}

class Recorded : public testing::TestWithParam<int> {
  protected:
    const json row = recorded()["rows"][GetParam()];
    const KernelLayout layout = layout_of(row);
    const bool is_kernel = row["weight"] == "kernel";
    const Shape shape = is_kernel ? layout.shape() : layout.bias_shape();
    Initializer initializer = initializer_of(row["initializer"]);

    Floats values() {
        if (initializer.parameters.contains("seed")) initializer.parameters["seed"] = GetParam();
        return filled(initializer, shape, is_kernel ? &layout : nullptr);
    }
};

TEST_P(Recorded, Filled) {
    if (row.contains("error")) {
        EXPECT_THROW(check_initializer("kernel_initializer", initializer, shape), std::invalid_argument);
        return;
    }
    check_initializer("kernel_initializer", initializer, shape);
    EXPECT_EQ(json(shape), row["shape"]);
    const Fans fans = keras_fans(shape);
    EXPECT_EQ(fans.in, row["fan_in"]);
    EXPECT_EQ(fans.out, row["fan_out"]);

    const json expected = row["expected"], sample = row["sample"];
    const std::string kind = expected["kind"];
    const Floats filled = values();
    const Moments ours = moments(filled);
    if (kind == "Orthogonal") {
        EXPECT_LT(gram_error(filled, shape.back()), 1e-6);
    } else if (kind == "uniform" || kind == "normal" || kind == "truncated_normal") {
        const int64_t count = int64_t(filled.size());
        expect_moments(ours, expected, count);
        expect_moments({sample["mean"], sample["std"], sample["min"], sample["max"]}, expected, count);
    } else {
        EXPECT_EQ(ours.min, sample["min"]);
        EXPECT_EQ(ours.max, sample["max"]);
    }
}

TEST_P(Recorded, Configuration) {
    if (!row.contains("config")) return;
    const json config = to_json("kernel_initializer", initializer, nullptr, {});
    EXPECT_EQ(config.dump(), row["config"].dump());
    if (config.is_null()) return;
    const Initializer again = parse_initializer("kernel_initializer", config.dump());
    EXPECT_EQ(to_json("kernel_initializer", again, nullptr, {}).dump(), config.dump());
    const json legacy = {{"class_name", config["class_name"]}, {"config", config["config"]}};
    const Initializer of_legacy = parse_initializer("kernel_initializer", legacy.dump());
    EXPECT_EQ(to_json("kernel_initializer", of_legacy, nullptr, {}).dump(), config.dump());
}

INSTANTIATE_TEST_SUITE_P(, Recorded, testing::Range(0, int(recorded()["rows"].size())));

}  // namespace
