// What initializers draw: the shape of distributions, seeds, arrays, matrices.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>

#include "filled.h"

namespace {

using namespace lcn;
using namespace lcn::layer;
using namespace lcn_test;

const double standard_stddev_of_truncated = 0.87962566103423978;

double normal_below(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double truncated_below(double x) {
    return (normal_below(x) - normal_below(-2)) / (normal_below(2) - normal_below(-2));
}

struct Distribution {
    const char *name, *initializer;
    std::function<double(double)> below;  // the probability of a value below
};

const Distribution distributions[] = {
    {"uniform", R"({"class_name": "RandomUniform", "config": {"minval": -1, "maxval": 3, "seed": 5}})",
     [](double x) { return (x + 1) / 4; }},
    {"normal", R"({"class_name": "RandomNormal", "config": {"mean": 2, "stddev": 3, "seed": 6}})",
     [](double x) { return normal_below((x - 2) / 3); }},
    {"truncated_normal",
     R"({"class_name": "TruncatedNormal", "config": {"mean": -1, "stddev": 2, "seed": 7}})",
     [](double x) { return truncated_below((x + 1) / 2); }},
    {"scaled_uniform",  // 27 * 3 values go into an output
     R"({"class_name": "VarianceScaling", "config": {"scale": 27, "distribution": "uniform", "seed": 8}})",
     [](double x) { return (x + 1) / 2; }},
    {"scaled_truncated_normal", R"({"class_name": "VarianceScaling", "config": {"scale": 81, "seed": 9}})",
     [](double x) { return truncated_below(x * standard_stddev_of_truncated); }},
    {"scaled_normal", R"({"class_name": "VarianceScaling", "config": {"scale": 81, "seed": 10,
                          "distribution": "untruncated_normal"}})",
     normal_below},
};

class Distributions : public testing::TestWithParam<Distribution> {
  protected:
    const Floats values = filled(GetParam().initializer, {27, 3, 1234});
    const double root_of_count = std::sqrt(double(values.size()));
};

// Kolmogorov and Smirnov: 1.95 has a probability of one in a thousand. The seeds are fixed.
TEST_P(Distributions, Shape) {
    Floats sorted = values;
    std::sort(sorted.begin(), sorted.end());
    double distance = 0;
    for (size_t k = 0; k < sorted.size(); k++) {
        const double below = GetParam().below(sorted[k]);
        distance = std::max({distance, below - double(k) / double(sorted.size()),
                             double(k + 1) / double(sorted.size()) - below});
    }
    EXPECT_LT(distance * root_of_count, 1.95);
}

TEST_P(Distributions, NeighboursAreIndependent) {
    const Moments m = moments(values);
    for (size_t lag = 1; lag < 5; lag++) {
        double product = 0;
        for (size_t k = lag; k < values.size(); k++)
            product += (values[k] - m.mean) * (values[k - lag] - m.mean);
        EXPECT_LT(std::abs(product / (m.std * m.std)), 5 * root_of_count) << lag;
    }
}

INSTANTIATE_TEST_SUITE_P(, Distributions, testing::ValuesIn(distributions),
                         [](const auto& info) { return info.param.name; });

TEST(InitializerValues, TailsOfTheNormalDistribution) {
    const Floats values =
        filled(R"({"class_name": "RandomNormal", "config": {"stddev": 1, "seed": 1}})", {4000, 1000});
    for (const double limit : {2.5, 3.0, 3.5, 4.0, 4.5}) {
        const double expected = 4e6 * 2 * normal_below(-limit);
        const auto beyond = [&](float value) { return std::abs(value) > limit; };
        EXPECT_NEAR(double(std::count_if(values.begin(), values.end(), beyond)), expected,
                    5 * std::sqrt(expected))
            << limit;
    }
}

// Between neighbours of float half of all values round to maxval.
TEST(InitializerValues, UniformIsBelowMaxval) {
    const Floats narrow = filled(
        R"({"class_name": "RandomUniform", "config": {"minval": 1, "maxval": 1.0000001192092896, "seed": 2}})",
        {1000});
    EXPECT_EQ(narrow, Floats(1000, 1.0f));
    const Floats coarse = filled(
        R"({"class_name": "RandomUniform", "config": {"minval": 16777216, "maxval": 16777220, "seed": 2}})",
        {1000});
    EXPECT_EQ(moments(coarse).min, 16777216);
    EXPECT_EQ(moments(coarse).max, 16777218);
}

TEST(InitializerValues, UniformTakesLimitsAsKerasDoes) {
    const std::string of = R"({"class_name": "RandomUniform", "config": {"seed": 3, )";
    EXPECT_EQ(filled(of + R"("minval": 2, "maxval": 2}})", {5}), Floats(5, 2.0f));
    const Moments reversed = moments(filled(of + R"("minval": 3, "maxval": -1}})", {10000}));
    EXPECT_NEAR(reversed.min, -1, 0.01);
    EXPECT_NEAR(reversed.max, 3, 0.01);
}

uint64_t hash(const Floats& values) {  // FNV-1a, by value
    uint64_t hash = 14695981039346656037u;
    for (const float value : values) hash = (hash ^ std::bit_cast<uint32_t>(value)) * 1099511628211u;
    return hash;
}

// The values of a seed, in any build on any machine.
TEST(InitializerValues, ArePinned) {
    const auto pinned = [](const std::string& name, const Shape& shape) {
        return filled(R"({"class_name": ")" + name + R"(", "config": {"seed": 1}})", shape);
    };
    EXPECT_EQ(pinned("RandomUniform", {3}), Floats({-0.0366123356f, -0.0363592952f, -0.00487850979f}));
    EXPECT_EQ(pinned("RandomNormal", {3}), Floats({-0.0360098891f, -0.0748681799f, 0.0543617159f}));
    EXPECT_EQ(pinned("Orthogonal", {2, 2}),
              Floats({-0.433446646f, 0.901179254f, -0.901179254f, -0.433446646f}));
    const Shape large = {3000, 3, 400};
    EXPECT_EQ(hash(pinned("RandomUniform", large)), 0x09fca92841bf8396u);
    EXPECT_EQ(hash(pinned("RandomNormal", large)), 0x9f6eed7f35985b9eu);
    EXPECT_EQ(hash(pinned("TruncatedNormal", large)), 0x19c89ca4647e7114u);
    EXPECT_EQ(hash(pinned("HeNormal", large)), 0xde1bfd8180b737d2u);
    EXPECT_EQ(hash(pinned("GlorotUniform", large)), 0x2d04237d4344d688u);
    EXPECT_EQ(hash(pinned("Orthogonal", {3000, 3, 20})), 0x62493afbc699745fu);
}

TEST(InitializerValues, Seeds) {
    for (const std::string name : {"RandomUniform", "RandomNormal", "TruncatedNormal", "VarianceScaling",
                                   "GlorotUniform", "LecunNormal", "Orthogonal"}) {
        const auto values = [&](const std::string& seed) {
            return filled(R"({"class_name": ")" + name + R"(", "config": {"seed": )" + seed + "}}", {5, 4});
        };
        EXPECT_EQ(values("3"), values("3")) << name;
        EXPECT_EQ(values("-9223372036854775808"), values("-9223372036854775808")) << name;
        EXPECT_NE(values("3"), values("-3")) << name;
        EXPECT_NE(values("3"), values("4")) << name;
        EXPECT_NE(values("null"), values("null")) << name;
        EXPECT_NE(filled(name, {5, 4}), filled(name, {5, 4})) << name;
    }
}

// Keras's order is what counts, not where the elements lie.
TEST(InitializerValues, SameForEveryLayoutOfAShape) {
    const Axis rows{5, 3, 2, 1, 3}, columns{4, 2, 1, 1, 4};  // `same`
    for (const bool channels_first : {false, true})
        for (const int implementation : {2, 3}) {
            const KernelLayout layout{2, implementation, channels_first, rows, columns, 2, 3};
            const Initializer initializer = parse_initializer(
                "kernel_initializer", R"({"class_name": "RandomNormal", "config": {"seed": 1}})");
            EXPECT_EQ(filled(initializer, layout.shape(), &layout), filled(initializer, layout.shape()));
        }
}

TEST(InitializerValues, Constants) {
    const auto constant = [](const std::string& value, const Shape& shape) {
        return filled(R"({"class_name": "Constant", "config": {"value": )" + value + "}}", shape);
    };
    const Floats counted = {1, 2, 3, 4, 5, 6};
    EXPECT_EQ(constant("-2.5", {2, 3}), Floats(6, -2.5f));
    EXPECT_EQ(constant("[7]", {2, 3}), Floats(6, 7));
    EXPECT_EQ(constant("[[1, 2, 3], [4, 5, 6]]", {2, 3}), counted);
    EXPECT_EQ(constant("[1, 2, 3, 4, 5, 6]", {2, 3}), counted);  // Keras reshapes
    for (const std::string name : {"__numpy__", "__tensor__"}) {
        const auto array = [&](const std::string& value) {
            return R"({"class_name": ")" + name + R"(", "config": {"value": )" + value +
                   R"(, "dtype": "float32"}})";
        };
        EXPECT_EQ(constant(array("[[[1], [2], [3]], [[4], [5], [6]]]"), {2, 3, 1}), counted);
        EXPECT_EQ(constant(array("0.5"), {2}), Floats(2, 0.5f));
    }
}

TEST(InitializerValues, OrthogonalOfEveryForm) {
    for (const Shape& shape : {Shape{6, 4}, {4, 6}, {5, 5}, {1, 3}, {3, 1}, {2, 3, 50}, {7, 5, 2}, {1, 1}}) {
        const int64_t columns = shape.back(), rows = shape.size() == 2 ? shape[0] : shape[0] * shape[1];
        const Floats m = filled(R"({"class_name": "Orthogonal", "config": {"gain": 3, "seed": 4}})", shape);
        ASSERT_EQ(int64_t(m.size()), rows * columns);
        const auto dot = [&](int64_t a, int64_t b, int64_t count, int64_t step, int64_t stride) {
            double sum = 0;
            for (int64_t k = 0; k < count; k++)
                sum += double(m[a * step + k * stride]) * m[b * step + k * stride];
            return sum;
        };
        for (int64_t a = 0; a < std::min(rows, columns); a++)
            for (int64_t b = 0; b < std::min(rows, columns); b++)
                EXPECT_NEAR(rows < columns ? dot(a, b, columns, columns, 1) : dot(a, b, rows, 1, columns),
                            a == b ? 9 : 0, 9e-6);
    }
    EXPECT_TRUE(filled("orthogonal", {4, 0}).empty());
}

// As after Keras's sign correction; without one, Householder's QR gives the first element always one sign.
TEST(InitializerValues, OrthogonalHasNoPreferredSign) {
    int positive = 0;
    for (int seed = 0; seed < 400; seed++)
        positive +=
            filled(R"({"class_name": "Orthogonal", "config": {"seed": )" + std::to_string(seed) + "}}",
                   {3, 3})[0] > 0;
    EXPECT_NEAR(positive, 200, 50);
}

TEST(InitializerValues, IdentityOfARank2Weight) {  // the bias of one dimension
    EXPECT_EQ(filled(R"({"class_name": "Identity", "config": {"gain": 2}})", {2, 3}),
              Floats({2, 0, 0, 0, 2, 0}));
}

TEST(InitializerValues, OwnFunctionSeesKerasOrder) {
    const KernelLayout layout{2, 3, true, {4, 3, 1, 1, 4}, {3, 2, 1, 1, 3}, 2, 2};
    Shape seen;
    const InitializerFunction own = [&](const Shape& shape, float* values) {
        seen = shape;
        std::iota(values, values + shape[0], 1.0f);
    };
    const Floats values = filled(parse_initializer("kernel_initializer", own), layout.shape(), &layout);
    EXPECT_EQ(seen, layout.shape());
    Floats counted(layout.inside_count());
    std::iota(counted.begin(), counted.end(), 1.0f);
    EXPECT_EQ(values, counted);
}

}  // namespace
