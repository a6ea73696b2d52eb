// Regularizers: what each form means, what is refused, losses and gradients.
#include "regularizers.h"

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
    const char* given;
    float l1, l2;
    const char* class_name;
};

const Form forms[] = {
    {"l1", 0.01f, 0, "L1"},
    {"l2", 0, 0.01f, "L2"},
    {"L2", 0, 0.01f, "L2"},
    {"l1_l2", 0.01f, 0.01f, "L1L2"},
    {"L1L2", 0, 0, "L1L2"},
    {R"({"class_name": "L1", "config": {"l1": 0.5}})", 0.5f, 0, "L1"},
    {R"({"class_name": "L2", "config": {"l2": 0.009999999776482582}})", 0, 0.01f, "L2"},
    {R"({"class_name": "L2", "config": {"l": 0.25}})", 0, 0.25f, "L2"},
    {R"({"class_name": "L1", "config": {}})", 0.01f, 0, "L1"},
    {R"({"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.125}})", 0, 0.125f, "L1L2"},
    {R"({"class_name": "L1L2", "config": {"l2": -1}})", 0, -1, "L1L2"},
    {R"({"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.5}, "registered_name": null})",
     0, 0.5f, "L2"},
};

TEST(RegularizerForm, MeansItsFactors) {
    for (const Form& form : forms) {
        SCOPED_TRACE(form.given);
        const Regularizer regularizer = parse_regularizer("kernel_regularizer", form.given);
        EXPECT_FALSE(regularizer.is_none());
        EXPECT_EQ(regularizer.l1, form.l1);
        EXPECT_EQ(regularizer.l2, form.l2);
        const json written = to_json("kernel_regularizer", regularizer);
        EXPECT_EQ(written["class_name"], form.class_name);
        EXPECT_EQ(written["module"], "keras.regularizers");
        const Regularizer again = parse_regularizer("kernel_regularizer", written.dump());
        EXPECT_EQ(again.l1, form.l1);
        EXPECT_EQ(again.l2, form.l2);
        EXPECT_EQ(to_json("kernel_regularizer", again), written);
    }
    EXPECT_TRUE(parse_regularizer("kernel_regularizer", nullptr).is_none());
    EXPECT_EQ(to_json("kernel_regularizer", {}), nullptr);
    EXPECT_NE(to_json("a", parse_regularizer("a", "l2")).dump().find("0.009999999776482582"),
              std::string::npos);
}

TEST(RegularizerForm, ThatIsWrongIsRefusedByName) {
    const std::pair<const char*, const char*> wrongs[] = {
        {"l3", "bias_regularizer: got \"l3\""},
        {"orthogonal_regularizer", "needs a matrix"},
        {R"({"class_name": "OrthogonalRegularizer", "config": {"factor": 0.01}})", "needs a matrix"},
        {R"({"class_name": "L2", "config": {"l2": "much"}})", "bias_regularizer.config.l2: got \"much\""},
        {R"({"class_name": "L2", "config": {"l2": null}})", "bias_regularizer.config.l2: got null"},
        {R"({"class_name": "L2", "config": {"l2": 1e39}})", "bias_regularizer.config.l2: got 1e+39"},
        {R"({"class_name": "L2", "config": {"l1": 1}})", "unknown key \"config.l1\""},
        {R"({"class_name": "L1L2", "config": {"l": 1}})", "unknown key \"config.l\""},
    };
    for (const auto& [given, reason] : wrongs)
        expect_error<std::invalid_argument>([given = given] { parse_regularizer("bias_regularizer", given); },
                                            reason);
    EXPECT_THROW(parse_regularizer("bias_regularizer", RegularizerFunction{}), std::invalid_argument);
}

TEST(Regularizer, IsItsFormulaAlsoOutsideTheWindows) {
    const KernelLayout layout = {2, 2, false, {4, 2, 1, 0, 3}, {5, 3, 1, 0, 3}, 2, 3};
    std::vector<float> packed = Random(1).reals(layout.packed_count());
    std::vector<float> outside = Random(2).reals(layout.outside_count());
    packed[3] = 0;
    const Variable<const float> kernel = {layout.shape(),        &layout,
                                          packed.data(),         outside.data(),
                                          layout.packed_count(), layout.outside_count()};
    const Regularizer regularizer =
        parse_regularizer("a", R"({"class_name": "L1L2", "config": {"l1": 0.5, "l2": 0.25}})");
    double expected = 0;
    for (const std::vector<float>* values : {&packed, &outside})
        for (const float v : *values) expected += 0.5 * std::abs(v) + 0.25 * v * v;
    EXPECT_NEAR(loss(regularizer, kernel), expected, 1e-12 * expected);

    std::vector<float> of_packed(packed.size(), 1.0f), of_outside(outside.size(), 2.0f);
    add_gradient(regularizer, kernel,
                 Variable<float>{layout.shape(), &layout, of_packed.data(), of_outside.data(),
                                 layout.packed_count(), layout.outside_count()});
    EXPECT_EQ(of_packed[3], 1.0f) << "no slope at 0";
    for (size_t k = 0; k < packed.size(); k++)
        EXPECT_NEAR(of_packed[k], 1 + (k == 3 ? 0 : std::copysign(0.5f, packed[k])) + 0.5f * packed[k], 1e-6);
    for (size_t k = 0; k < outside.size(); k++)
        EXPECT_NEAR(of_outside[k], 2 + std::copysign(0.5f, outside[k]) + 0.5f * outside[k], 1e-6);
}

}  // namespace
