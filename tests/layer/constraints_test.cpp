// Constraints: what each form means, what is refused, and the formulas on every axis and layout.
#include "constraints.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/expect_error.h"
#include "support/random.h"

namespace {

using namespace lcn;
using namespace lcn::layer;
using lcn_test::Random;
using nlohmann::json;

struct Form {
    const char *given, *written;  // class and configuration
};

const Form forms[] = {
    {"max_norm", R"(["MaxNorm", {"max_value": 2, "axis": 0}])"},
    {"maxnorm", R"(["MaxNorm", {"max_value": 2, "axis": 0}])"},
    {"MaxNorm", R"(["MaxNorm", {"max_value": 2, "axis": 0}])"},
    {"non_neg", R"(["NonNeg", {}])"},
    {"nonneg", R"(["NonNeg", {}])"},
    {"unit_norm", R"(["UnitNorm", {"axis": 0}])"},
    {"UnitNorm", R"(["UnitNorm", {"axis": 0}])"},
    {"min_max_norm", R"(["MinMaxNorm", {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0}])"},
    {R"({"class_name": "MaxNorm", "config": {"max_value": 0.75, "axis": [0, 2]}})",
     R"(["MaxNorm", {"max_value": 0.75, "axis": [0, 2]}])"},
    {R"({"module": "keras.constraints", "class_name": "UnitNorm", "config": {"axis": -1}, "registered_name": null})",
     R"(["UnitNorm", {"axis": -1}])"},
    {R"({"class_name": "MinMaxNorm", "config": {"rate": 0.5}, "shared_object_id": 1})",
     R"(["MinMaxNorm", {"min_value": 0.0, "max_value": 1.0, "rate": 0.5, "axis": 0}])"},
};

TEST(ConstraintForm, IsWrittenAsKerasWritesIt) {
    for (const Form& form : forms) {
        SCOPED_TRACE(form.given);
        const json written = to_json("a", parse_constraint("a", form.given)),
                   expected = json::parse(form.written);
        EXPECT_EQ(written["class_name"], expected[0]);
        EXPECT_EQ(written["config"], expected[1]);
        EXPECT_EQ(written["module"], "keras.constraints");
        EXPECT_EQ(to_json("a", parse_constraint("a", written.dump())), written);
    }
    EXPECT_EQ(to_json("a", parse_constraint("a", nullptr)), nullptr);
}

TEST(ConstraintForm, ThatIsWrongIsRefusedByName) {
    const std::pair<const char*, const char*> wrongs[] = {
        {"norm", "kernel_constraint: got \"norm\""},
        {"radial_constraint", "needs 4 dimensions"},
        {R"({"class_name": "RadialConstraint", "config": {}})", "needs 4 dimensions"},
        {R"({"class_name": "MaxNorm", "config": {"max_value": "2"}})", "config.max_value: got \"2\""},
        {R"({"class_name": "MaxNorm", "config": {"max_value": null}})", "config.max_value: got null"},
        {R"({"class_name": "MaxNorm", "config": {"axis": 1.5}})", "config.axis: got 1.5"},
        {R"({"class_name": "MaxNorm", "config": {"axis": 100}})", "config.axis: got 100"},
        {R"({"class_name": "NonNeg", "config": {"axis": 0}})", "unknown key \"config.axis\""},
        {R"({"class_name": "UnitNorm", "config": {"rate": 1}})", "unknown key \"config.rate\""},
    };
    for (const auto& [given, reason] : wrongs)
        expect_error<std::invalid_argument>([given = given] { parse_constraint("kernel_constraint", given); },
                                            reason);
    EXPECT_THROW(parse_constraint("kernel_constraint", ConstraintFunction()), std::invalid_argument);
}

TEST(Constraint, RefusesAxesThatTheWeightDoesNotHave) {
    const auto check = [](const char* axis, const Shape& shape) {
        const std::string text =
            std::string(R"({"class_name": "UnitNorm", "config": {"axis": )") + axis + "}}";
        check_constraint("kernel_constraint", parse_constraint("kernel_constraint", text), shape);
    };
    EXPECT_NO_THROW(check("2", {4, 5, 6}));
    EXPECT_NO_THROW(check("[-1, 0]", {4, 5, 6}));
    EXPECT_THROW(check("3", {4, 5, 6}), std::invalid_argument);
    EXPECT_THROW(check("-4", {4, 5, 6}), std::invalid_argument);
    EXPECT_THROW(check("[0, 0]", {4, 5, 6}), std::invalid_argument);
    EXPECT_THROW(check("[0, -3]", {4, 5, 6}), std::invalid_argument);
    EXPECT_THROW(check("1", {120}), std::invalid_argument);
}

struct Formula {
    const char* class_name;
    json config;
    double (*factor)(double norm);  // new value over old
};

const Formula formulas[] = {
    {"MaxNorm", {{"max_value", 0.9}}, [](double n) { return std::min(n, 0.9) / (1e-7 + n); }},
    {"MaxNorm", {{"max_value", 1000}}, [](double n) { return n / (1e-7 + n); }},
    {"UnitNorm", json::object(), [](double n) { return 1 / (1e-7 + n); }},
    {"MinMaxNorm",
     {{"min_value", 0.5}, {"max_value", 1.25}, {"rate", 0.75}},
     [](double n) { return (0.75 * std::min(std::max(n, 0.5), 1.25) + 0.25 * n) / (1e-7 + n); }},
};

// All subsets of the axes of a shape, the empty one too (each element is its own norm).
std::vector<std::vector<int64_t>> subsets(size_t rank) {
    std::vector<std::vector<int64_t>> all;
    for (size_t bits = 0; bits < size_t(1) << rank; bits++) {
        all.emplace_back();
        for (size_t axis = 0; axis < rank; axis++)
            if (bits >> axis & 1) all.back().push_back(int64_t(axis));
    }
    return all;
}

std::vector<double> norms(const Shape& shape, const std::vector<int64_t>& axes,
                          const std::vector<float>& values) {
    std::vector<size_t> group(values.size());
    std::vector<double> sums(values.size());
    for (size_t k = 0; k < values.size(); k++) {
        size_t rest = k, step = 1;
        for (size_t axis = shape.size(); axis-- > 0;) {
            const size_t size = size_t(shape[axis]);
            if (std::find(axes.begin(), axes.end(), int64_t(axis)) == axes.end())
                group[k] += rest % size * step;
            rest /= size, step *= size;
        }
        sums[group[k]] += double(values[k]) * values[k];
    }
    std::vector<double> result;
    for (const size_t g : group) result.push_back(std::sqrt(sums[g]));
    return result;
}

void expect_formula(const Formula& formula, const std::vector<int64_t>& axes,
                    const Variable<float>& variable) {
    json config = formula.config;
    config["axis"] = axes;
    const json text = {{"class_name", formula.class_name}, {"config", config}};
    std::vector<float> before(size_t(variable.count())), after(before.size());
    uint64_t seed = 1;
    variable.for_each([&](float& value) { value = Random(seed++).real(); });
    copy(constant(variable), before.data());
    apply_constraint(parse_constraint("a", text.dump()), variable);
    copy(constant(variable), after.data());
    const std::vector<double> of = norms(variable.shape, axes, before);
    for (size_t k = 0; k < before.size(); k++)
        ASSERT_NEAR(after[k], before[k] * formula.factor(of[k]), 1e-6) << text << " at " << k;
}

TEST(Constraint, IsItsFormulaOverAnyAxesOfAnyLayout) {
    for (const bool first : {false, true})
        for (int implementation = 1; implementation <= 3; implementation++) {
            const KernelLayout layout = {2, implementation, first, {3, 2, 1, 0, 2}, {4, 2, 2, 0, 2}, 2, 3};
            std::vector<float> packed(size_t(layout.packed_count())), outside(size_t(layout.outside_count()));
            const Variable<float> kernel = {layout.shape(),        &layout,
                                            packed.data(),         outside.data(),
                                            layout.packed_count(), layout.outside_count()};
            for (const Formula& formula : formulas)
                for (const std::vector<int64_t>& axes : subsets(kernel.shape.size()))
                    expect_formula(formula, axes, kernel);
        }
}

TEST(Constraint, WithoutAxisTakesAllOfThem) {
    std::vector<float> values = {3, 4, 0, 0};
    apply_constraint(parse_constraint("a", R"({"class_name": "UnitNorm", "config": {"axis": null}})"),
                     Variable<float>{{2, 2}, nullptr, values.data(), nullptr, 4, 0});
    EXPECT_NEAR(values[0], 0.6, 1e-6);
    EXPECT_NEAR(values[1], 0.8, 1e-6);
}

TEST(Constraint, NonNegLeavesWhatIsNotNegative) {
    std::vector<float> values = {-1, 0, 2, -3e-30f, 5};
    const Variable<float> bias = {{5}, nullptr, values.data(), nullptr, 5, 0};
    apply_constraint(parse_constraint("a", "non_neg"), bias);
    EXPECT_EQ(values, (std::vector<float>{0, 0, 2, 0, 5}));
}

}  // namespace
