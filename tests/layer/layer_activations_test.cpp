// Activations of a layer: what each form means, what is refused, softmax and its gradient.
#include <gtest/gtest.h>

#include <cmath>

#include "activations.h"
#include "json_text.h"
#include "support/activations.h"
#include "support/expect_error.h"
#include "support/random.h"

namespace {

using namespace lcn;
using namespace lcn::layer;
using lcn_test::Random;
using nlohmann::json;

constexpr float infinity = HUGE_VALF;

struct Form {
    const char* given;
    Activation meaning;
    const char* written;  // JSON of a name, or null: a dictionary
};

const Form forms[] = {
    {"linear", {Function::linear}, "\"linear\""},
    {"relu", {Function::relu}, "\"relu\""},
    {"relu6", {Function::relu6}, "\"relu6\""},
    {"leaky_relu", {Function::leaky_relu, 0.2f}, "\"leaky_relu\""},
    {"elu", {Function::elu, 1.0f}, "\"elu\""},
    {"selu", {Function::selu}, "\"selu\""},
    {"softplus", {Function::softplus}, "\"softplus\""},
    {"softsign", {Function::softsign}, "\"softsign\""},
    {"swish", {Function::swish}, "\"swish\""},
    {"silu", {Function::swish}, "\"swish\""},
    {"tanh", {Function::tanh}, "\"tanh\""},
    {"sigmoid", {Function::sigmoid}, "\"sigmoid\""},
    {"exponential", {Function::exponential}, "\"exponential\""},
    {"hard_sigmoid", {Function::hard_sigmoid}, "\"hard_sigmoid\""},
    {"gelu", {Function::gelu}, "\"gelu\""},
    {"mish", {Function::mish}, "\"mish\""},
    {"LeakyReLU", {Function::leaky_relu, 0.3f}, nullptr},
    {"ReLU", {Function::relu}, nullptr},
    {"ELU", {Function::elu, 1.0f}, nullptr},
    {"ThresholdedReLU", {Function::relu, 0, infinity, 1.0f}, nullptr},
    {R"({"class_name": "ReLU", "config": {"name": "re_lu"}})", {Function::relu}, nullptr},
    {R"({"class_name": "ReLU", "config": {"max_value": null, "negative_slope": 0.25, "threshold": 1}})",
     {Function::relu, 0.25f, infinity, 1.0f},
     nullptr},
    {R"({"module": "keras.layers", "class_name": "ReLU", "registered_name": null,
         "config": {"name": "re_lu", "trainable": true, "dtype": "float32", "max_value": 1.5,
                    "negative_slope": 0.125, "threshold": 0.5},
         "build_config": {"input_shape": [1, 2, 3, 33]}})",
     {Function::relu, 0.125f, 1.5f, 0.5f},
     nullptr},
    {R"({"module": "tf_keras.layers", "class_name": "LeakyReLU", "registered_name": null,
         "config": {"alpha": 0.0625}})",
     {Function::leaky_relu, 0.0625f},
     nullptr},
    {R"({"class_name": "ELU", "config": {"alpha": 0.75, "trainable": false}, "shared_object_id": 3})",
     {Function::elu, 0.75f},
     nullptr},
    {R"({"class_name": "ThresholdedReLU", "config": {"theta": 0.5}})",
     {Function::relu, 0, infinity, 0.5f},
     nullptr},
    {R"({"module": "builtins", "class_name": "function", "config": "tanh", "registered_name": "function"})",
     {Function::tanh},
     "\"tanh\""},
    {R"({"class_name": "Activation", "config": {"activation": "gelu"}})", {Function::gelu}, "\"gelu\""},
};

TEST(ActivationForm, MeansItsFunction) {
    for (const Form& form : forms) {
        SCOPED_TRACE(form.given);
        const LayerActivation activation = parse_activation("activation", form.given);
        ASSERT_TRUE(activation.elementwise);
        EXPECT_EQ(activation.elementwise->function, form.meaning.function);
        EXPECT_EQ(activation.elementwise->alpha, form.meaning.alpha);
        EXPECT_EQ(activation.elementwise->max_value, form.meaning.max_value);
        EXPECT_EQ(activation.elementwise->threshold, form.meaning.threshold);
        const json written = to_json("activation", activation);
        EXPECT_EQ(written.is_string(), form.written != nullptr);
        if (form.written) {
            EXPECT_EQ(written, json::parse(form.written));
        }
        // What is written means the same and is written the same again.
        const LayerActivation again =
            parse_activation("activation", written.is_string() ? written.get<std::string>() : written.dump());
        EXPECT_EQ(again.elementwise->alpha, form.meaning.alpha);
        EXPECT_EQ(to_json("activation", again), written);
    }
    EXPECT_EQ(to_json("activation", parse_activation("activation", nullptr)), "linear");
}

struct Wrong {
    const char *given, *reason;
};

const Wrong wrongs[] = {
    {"no_such", "activation: got \"no_such\""},
    {"RELU", "activation: got \"RELU\""},
    {"", "activation: got \"\""},
    {"celu", "activation: got \"celu\""},
    {"PReLU", "activation: got \"PReLU\", expected an activation without weights"},
    {R"({"class_name":"PReLU","config":{}})", "activation: got \"PReLU\""},
    {R"({"class_name":"Dense","config":{}})", "activation: got \"Dense\""},
    {R"({"module":"builtins","class_name":"function","config":"mine","registered_name":"function"})",
     "activation: got \"mine\""},
    {R"({"config":{}})", "activation.class_name: got null"},
    {R"({"class_name":"ReLU","config":3})", "activation.config: got 3"},
    {R"({"class_name":"ReLU","config":{},"extra":1})", "unknown key \"extra\" with the value 1"},
    {R"({"class_name":"ReLU","config":{"alpha":1}})", "unknown key \"config.alpha\" with the value 1"},
    {R"({"class_name":"ReLU","config":{"negative_slope":-1}})", "activation.config.negative_slope: got -1"},
    {R"({"class_name":"ReLU","config":{"threshold":null}})", "activation.config.threshold: got null"},
    {R"({"class_name":"ReLU","config":{"max_value":1,"threshold":2}})", "activation.config.max_value: got 1"},
    {R"({"class_name":"ELU","config":{"alpha":"1"}})", "activation.config.alpha: got \"1\""},
    {R"({"class_name":"ELU","config":{"alpha":1e300}})", "activation.config.alpha: got 1e+300"},
    {R"({"class_name":"ELU","config":{"dtype":"float16"}})", "activation.config.dtype: got \"float16\""},
    {R"({"class_name":"ThresholdedReLU","config":{"theta":-0.5}})", "activation.config.theta: got -0.5"},
    {R"({"class_name":"ReLU","config":{},"module":"mine.things"})", "activation.module: got \"mine.things\""},
    {R"({"class_name":"Softmax","config":{"axis":"last"}})", "activation.config.axis: got \"last\""},
    {R"({"class_name":)", "activation: not valid JSON"},
};

TEST(ActivationForm, ThatIsWrongIsRefusedByName) {
    for (const Wrong& wrong : wrongs)
        expect_error<std::invalid_argument>([&] { parse_activation("activation", wrong.given); },
                                            wrong.reason);
    for (const char* axis : {"4", "-5", "[1, -3]"}) {
        const std::string softmax = std::string(R"({"class_name":"Softmax","config":{"axis":)") + axis + "}}";
        const LayerActivation activation = parse_activation("activation", softmax);
        expect_error<std::invalid_argument>([&] { check_activation("activation", activation, 4); },
                                            "activation.config.axis");
    }
    expect_error<std::invalid_argument>([] { parse_activation("activation", ActivationFunction{}); },
                                        "that can be called");
}

// Softmax over the axes of `reduced`, as a formula in double.
struct Softmax {
    Shape shape;
    std::vector<bool> reduced;
    bool log;

    std::vector<double> operator()(const std::vector<double>& z) const {
        std::vector<double> result(z.size());
        for (size_t k = 0; k < z.size(); k++) {
            double sum = 0;
            for (size_t j = 0; j < z.size(); j++)
                if (same_group(k, j)) sum += std::exp(z[j]);
            result[k] = log ? z[k] - std::log(sum) : std::exp(z[k]) / sum;
        }
        return result;
    }

    bool same_group(size_t a, size_t b) const {
        for (size_t axis = shape.size(); axis-- > 0;) {
            const size_t size = size_t(shape[axis]);
            if (!reduced[axis] && a % size != b % size) return false;
            a /= size, b /= size;
        }
        return true;
    }
};

struct SoftmaxCase {
    const char* given;
    std::vector<bool> reduced;
    bool log;
};

const SoftmaxCase softmaxes[] = {
    {"softmax", {false, false, false, true}, false},
    {"log_softmax", {false, false, false, true}, true},
    {"Softmax", {false, false, false, true}, false},
    {R"({"class_name":"Softmax","config":{"axis":1}})", {false, true, false, false}, false},
    {R"({"class_name":"Softmax","config":{"axis":[-1,1]}})", {false, true, false, true}, false},
    {R"({"class_name":"Softmax","config":{"axis":[0,1,2,3]}})", {true, true, true, true}, false},
};

TEST(Softmax, IsItsFormulaAndItsGradientTheDerivative) {
    const Shape shape = {2, 3, 2, 4};
    for (const SoftmaxCase& c : softmaxes) {
        SCOPED_TRACE(c.given);
        const LayerActivation activation = parse_activation("activation", c.given);
        check_activation("activation", activation, 4);
        const Softmax formula{shape, c.reduced, c.log};
        const std::vector<float> before = Random(1).reals(48), g = Random(2).reals(48);
        std::vector<float> output(48), gradient(48);
        activate(activation, shape, before.data(), output.data());
        activation_gradient(activation, shape, before.data(), g.data(), gradient.data());
        const std::vector<double> z(before.begin(), before.end()), expected = formula(z);
        for (size_t k = 0; k < 48; k++) {
            EXPECT_NEAR(output[k], expected[k], 1e-6) << k;
            std::vector<double> up = z, down = z;
            up[k] += 1e-5, down[k] -= 1e-5;
            const std::vector<double> above = formula(up), below = formula(down);
            double derivative = 0;
            for (size_t j = 0; j < 48; j++) derivative += g[j] * (above[j] - below[j]) / 2e-5;
            EXPECT_NEAR(gradient[k], derivative, 1e-5) << k;
        }
        std::vector<float> in_place = before;
        activate(activation, shape, in_place.data(), in_place.data());
        EXPECT_EQ(in_place, output);
    }
}

TEST(Softmax, TakesLargeValuesAndKeepsNaNInItsGroup) {
    const LayerActivation softmax = parse_activation("activation", "softmax");
    const std::vector<float> before = {1000, 1000, -1000, NAN, 0, 1, -infinity, 0, 0};
    std::vector<float> output(9);
    activate(softmax, {1, 1, 3, 3}, before.data(), output.data());
    EXPECT_FLOAT_EQ(output[0], 0.5f);
    EXPECT_FLOAT_EQ(output[1], 0.5f);
    EXPECT_EQ(output[2], 0.0f);
    for (size_t k = 3; k < 6; k++) EXPECT_TRUE(std::isnan(output[k])) << k;
    EXPECT_EQ(output[6], 0.0f);
    EXPECT_FLOAT_EQ(output[7], 0.5f);
    const LayerActivation log = parse_activation("activation", "log_softmax");
    activate(log, {1, 1, 3, 3}, before.data(), output.data());
    EXPECT_FLOAT_EQ(output[0], float(-std::log(2.0)));
    EXPECT_FLOAT_EQ(output[2], -2000 - float(std::log(2.0)));
    EXPECT_EQ(output[6], -infinity);
}

}  // namespace
