// Everything that Keras refuses, and what it lets pass though it should not; calls at the wrong moment.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "lcn/layer.h"
#include "support/expect_error.h"

namespace {

using namespace lcn;
using nlohmann::json;

struct DoubtfulCase {
    std::string id;
    json args, build_shape, call_shape;
    std::string stage;
    json output_shape;
};

std::vector<DoubtfulCase> doubtful_cases() {
    std::vector<DoubtfulCase> cases;
    const json file = json::parse(std::ifstream(LCN_CASES "/errors.json"));
    for (const json& c : file.at("cases"))
        cases.push_back({c.at("id"), c.at("args"), c.at("build_shape"), c.at("call_shape"), c.at("stage"),
                         c.value("output_shape", json())});
    return cases;
}

// What Keras lets pass and lcn refuses: docs/keras_layer.md.
const std::set<std::string> refused_besides = {"filters_0",
                                               "zero_channels",
                                               "larger_image_at_call_impl1",
                                               "larger_image_at_call_channels_first_impl1",
                                               "transposed_image_no_bias_impl2",
                                               "transposed_image_no_bias_impl3",
                                               "kernel_size_True"};

Shape shape_of(const json& sizes) {
    Shape shape;
    for (const json& size : sizes) shape.push_back(size.is_null() ? unknown : size.get<int64_t>());
    return shape;
}

// Python's text of a dictionary, which is how one case holds it.
json argument(const json& value) {
    if (value == "{'class_name': 'L2', 'config': {'l2': nan}}")
        return {{"class_name", "L2"}, {"config", {{"l2", nullptr}}}};
    return value;
}

Shape run(const DoubtfulCase& c) {
    json config = {{"name", "lc"}};
    for (const auto& [key, value] : c.args.items()) config[key] = argument(value);
    LocallyConnected2D layer = LocallyConnected2D::from_config(config.dump());
    if (!c.build_shape.is_null()) layer.build(shape_of(c.build_shape));
    Tensor input{shape_of(c.call_shape), {}};
    int64_t count = 1;
    for (const int64_t size : input.shape) count *= size;
    input.values.resize(size_t(count));
    const Shape output = layer(input).shape;
    layer.losses();
    return output;
}

class Doubtful : public testing::TestWithParam<DoubtfulCase> {};

TEST_P(Doubtful, IsRefusedOrRuns) {
    const DoubtfulCase& c = GetParam();
    const bool refused = c.stage != "accepted" || refused_besides.count(c.id);
    try {
        const Shape output = run(c);
        EXPECT_FALSE(refused) << "accepted";
        EXPECT_EQ(output, shape_of(c.output_shape));
    } catch (const std::invalid_argument& e) {
        EXPECT_TRUE(refused) << e.what();
        EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
    }
}

std::string test_name(const testing::TestParamInfo<DoubtfulCase>& info) {
    std::string name = info.param.id + "_" + std::to_string(info.index);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Keras, Doubtful, testing::ValuesIn(doubtful_cases()), test_name);

TEST(DoubtfulCases, AreAllThere) {
    EXPECT_EQ(doubtful_cases().size(), 109u);
    std::set<std::string> ids;
    for (const DoubtfulCase& c : doubtful_cases()) ids.insert(c.id);
    for (const std::string& id : refused_besides) EXPECT_TRUE(ids.count(id)) << id;
}

using Change = void (*)(LayerArguments&);
struct Wrong {
    const char* name;
    Change change;
    const char* reason;
};

const Wrong wrongs[] = {
    {"filters", [](auto& a) { a.filters = 0; }, "filters: got 0"},
    {"kernel_size",
     [](auto& a) {
         a.kernel_size = {3, 0};
     },
     "kernel_size: got [3,0]"},
    {"kernel_size_scalar", [](auto& a) { a.kernel_size = -2; }, "kernel_size: got -2"},
    {"kernel_size_list",
     [](auto& a) {
         a.kernel_size = {3, 3, 3};
     },
     "kernel_size: got [3,3,3]"},
    {"kernel_size_empty", [](auto& a) { a.kernel_size = Sizes(std::vector<int64_t>{}); },
     "kernel_size: got []"},
    {"strides", [](auto& a) { a.strides = 0; }, "strides: got 0"},
    {"padding", [](auto& a) { a.padding = "full"; }, "padding: got \"full\""},
    {"padding_same", [](auto& a) { a.padding = "same"; }, "padding: got \"same\""},
    {"data_format", [](auto& a) { a.data_format = "NHWC"; }, "data_format: got \"NHWC\""},
    {"activation", [](auto& a) { a.activation = "none"; }, "activation: got \"none\""},
    {"activation_json", [](auto& a) { a.activation = "{\"class_name\": "; }, "activation: not valid JSON"},
    {"kernel_initializer", [](auto& a) { a.kernel_initializer = "?"; }, "kernel_initializer: got \"?\""},
    {"bias_initializer", [](auto& a) { a.bias_initializer = "?"; }, "bias_initializer: got \"?\""},
    {"kernel_regularizer", [](auto& a) { a.kernel_regularizer = "l3"; }, "kernel_regularizer: got \"l3\""},
    {"bias_regularizer", [](auto& a) { a.bias_regularizer = "l3"; }, "bias_regularizer: got \"l3\""},
    {"activity_regularizer", [](auto& a) { a.activity_regularizer = ""; }, "activity_regularizer: got \"\""},
    {"kernel_constraint", [](auto& a) { a.kernel_constraint = "norm"; }, "kernel_constraint: got \"norm\""},
    {"bias_constraint", [](auto& a) { a.bias_constraint = "norm"; }, "bias_constraint: got \"norm\""},
    {"implementation", [](auto& a) { a.implementation = 4; }, "implementation: got 4"},
    {"name", [](auto& a) { a.name = ""; }, "name: got \"\""},
    {"name_that_is_no_text", [](auto& a) { a.name = "\xff"; },
     "name: got \"\\ufffd\", expected a name in UTF-8"},
    {"dtype", [](auto& a) { a.dtype = "float16"; }, "dtype: got \"float16\""},
    {"input_shape",
     [](auto& a) {
         a.input_shape = Shape{3, 3};
     },
     "input_shape"},
    {"input_shape_zero",
     [](auto& a) {
         a.input_shape = Shape{3, 0, 3};
     },
     "input_shape"},
    {"batch_input_shape", [](auto& a) { a.batch_input_shape = Shape{3}; }, "batch_input_shape: got [3]"},
    {"shapes_disagree",
     [](auto& a) {
         a.input_shape = Shape{5, 5, 1};
         a.batch_input_shape = Shape{unknown, 5, 6, 1};
     },
     "input_shape: got [5,5,1]"},
    {"batch_size", [](auto& a) { a.batch_size = 0; }, "batch_size: got 0"},
    {"input_dim", [](auto& a) { a.input_dim = 7; }, "input_dim: got 7"},
    {"weights", [](auto& a) { a.weights = std::vector<Tensor>(3); }, "weights: got \"3 tensors\""},
};

TEST(LayerArguments, ThatAreWrongAreRefusedByName) {
    for (const Wrong& wrong : wrongs) {
        SCOPED_TRACE(wrong.name);
        LayerArguments arguments{2, 3};
        wrong.change(arguments);
        expect_error<std::invalid_argument>([&] { LocallyConnected2D layer(arguments); }, wrong.reason);
    }
    expect_error<std::invalid_argument>(
        [] {
            LocallyConnected1D layer({2, {3, 3}});
        },
        "kernel_size: got [3,3]");
}

TEST(Layer, NeedsToBeBuilt) {
    LocallyConnected2D layer({2, 3});
    expect_error<std::logic_error>([&] { layer.count_params(); }, "count_params");
    expect_error<std::logic_error>([&] { layer.get_weights(); }, "get_weights");
    expect_error<std::logic_error>([&] { layer.set_weights({}); }, "set_weights");
    expect_error<std::logic_error>([&] { layer.losses(); }, "losses");
    expect_error<std::logic_error>([&] { layer.call(1, nullptr, nullptr); }, "call");
    expect_error<std::logic_error>([&] { layer.update([](const Parameter&) {}); }, "update");
    layer.build({unknown, 5, 5, 1});
    expect_error<std::logic_error>([&] { layer.build({unknown, 5, 5, 1}); }, "built already");
}

TEST(Layer, CannotChangeOnceItIsBuilt) {
    LocallyConnected2D layer({2, 3});
    layer.set_arguments({3, 2});
    EXPECT_EQ(layer.arguments().filters, 3);
    layer.build({unknown, 5, 5, 1});
    expect_error<std::logic_error>([&] { layer.set_arguments({2, 3}); }, "only trainable");
    layer.set_trainable(false);
    EXPECT_FALSE(layer.trainable());
}

TEST(Layer, KeepsItsArgumentsWhenTheNewOnesAreWrong) {
    LocallyConnected2D layer({2, 3});
    EXPECT_THROW(layer.set_arguments({0, 3}), std::invalid_argument);
    EXPECT_EQ(layer.arguments().filters, 2);
}

TEST(Layer, RefusesTensorsThatDoNotFit) {
    LocallyConnected2D layer({2, 3});
    layer.build({unknown, 5, 6, 1});
    const auto call = [&](const Shape& shape, size_t values) { layer({shape, std::vector<float>(values)}); };
    expect_error<std::invalid_argument>([&] { call({1, 6, 5, 1}, 30); }, "input: got [1,6,5,1]");
    expect_error<std::invalid_argument>([&] { call({1, 5, 6, 2}, 60); }, "input: got [1,5,6,2]");
    expect_error<std::invalid_argument>([&] { call({5, 6, 1}, 30); }, "input: got [5,6,1]");
    expect_error<std::invalid_argument>([&] { call({}, 1); }, "input: got []");
    expect_error<std::invalid_argument>([&] { call({1, 5, 6, 1}, 29); }, "input: got \"29 values\"");
    expect_error<std::invalid_argument>([&] { call({-1, 5, 6, 1}, 0); }, "input");
    float value = 0;
    expect_error<std::invalid_argument>([&] { layer.call(-1, &value, &value); }, "batch: got -1");
    const int64_t many = int64_t(1) << 60;
    expect_error<std::invalid_argument>([&] { layer.call(many, &value, &value); },
                                        "batch: got 1152921504606846976");
    expect_error<std::invalid_argument>([&] { layer.call(1, nullptr, &value); }, "input");

    std::vector<Tensor> weights = layer.get_weights();
    const std::vector<float> before = weights[0].values;
    weights[0].values.assign(before.size(), 1.0f);
    weights[1].shape = {12, 2};
    expect_error<std::invalid_argument>([&] { layer.set_weights(weights); }, "bias: got [12,2]");
    weights.pop_back();
    expect_error<std::invalid_argument>([&] { layer.set_weights(weights); }, "kernel and bias");
    EXPECT_EQ(layer.get_weights()[0].values, before);
    expect_error<std::invalid_argument>(
        [&] {
            layer.gradients({{1, 5, 6, 1}, std::vector<float>(30)}, {{1, 3, 4, 1}, std::vector<float>(12)});
        },
        "output_gradient: got [1,3,4,1]");
}

TEST(Layer, RefusesInputsItCannotTake) {
    const auto build = [](LayerArguments arguments, const Shape& shape) {
        return [=] { LocallyConnected2D(arguments).build(shape); };
    };
    expect_error<std::invalid_argument>(build({2, 3}, {1, 2, 9, 1}), "at least 3 rows");
    expect_error<std::invalid_argument>(build({2, 3}, {1, 9, 2, 1}), "at least 3 columns");
    expect_error<std::invalid_argument>(build({2, 10}, {unknown, 5, 5, 2}), "input_shape: got [null,5,5,2]");
    expect_error<std::invalid_argument>(build({2, 3}, {1, unknown, 9, 1}), "every size but the batch");
    expect_error<std::invalid_argument>(build({2, 3}, {1, 9, 9, unknown}), "every size but the batch");
    expect_error<std::invalid_argument>(build({2, 3}, {1, 9, 9, 0}), "positive sizes");
    expect_error<std::invalid_argument>(build({2, 3}, {9, 9, 1}), "4 dimensions");
    const int64_t huge = int64_t(1) << 40;
    expect_error<std::invalid_argument>(build({huge, 3}, {1, huge, huge, 1}), "2^61 bytes");
    LayerArguments dense{huge, 1};
    dense.implementation = 2;
    expect_error<std::invalid_argument>(build(dense, {1, 4096, 4096, 1}), "2^61 bytes");
    LayerArguments declared{2, 3};
    declared.input_shape = Shape{9, 9, 1};
    expect_error<std::invalid_argument>(build(declared, {1, 9, 8, 1}), "batch_input_shape [null,9,9,1]");
    expect_error<std::runtime_error>(build({int64_t(1) << 20, 3}, {1, 1024, 1024, 16}), "no memory");
}

// Also where their number of elements is 0 modulo 2^64.
TEST(Layer, RefusesTensorsThatNoMemoryHolds) {
    const int64_t huge = int64_t(1) << 58;
    LocallyConnected2D layer({int64_t(1) << 30, 3}), built({2, 3});
    built.build({1, 8, 8, 3});
    for (LocallyConnected2D* of : {&layer, &built})
        expect_error<std::invalid_argument>(
            [&] {
                (*of)(Tensor{{huge, 8, 8, 3}, {}});
            },
            "less than 2^61 bytes");
    expect_error<std::invalid_argument>([&] { layer(Tensor{{huge, 3, 3, 0}, {}}); }, "positive sizes");
    EXPECT_FALSE(layer.built());
}

// Made before main, when other files' variables may not be there yet.
const LocallyConnected2D made_before_main([] {
    LayerArguments arguments{2, 3};
    arguments.activation = R"({"class_name": "LeakyReLU", "config": {}})";
    arguments.kernel_constraint = "max_norm";
    arguments.kernel_regularizer = "l2";
    return arguments;
}());

TEST(Layer, MayBeMadeBeforeMain) {
    EXPECT_EQ(made_before_main.arguments().filters, 2);
}

TEST(Layer, IsNotBuiltByACallThatIsRefused) {
    LocallyConnected2D layer({2, 3});
    expect_error<std::invalid_argument>([&] { layer({{1, 5, 5, 1}, {1, 2}}); }, "input: got \"2 values\"");
    expect_error<std::invalid_argument>([&] { layer({{-1, 5, 5, 1}, {}}); }, "input");
    expect_error<std::invalid_argument>(
        [&] {
            layer({{1, 2, 5, 1}, std::vector<float>(10)});
        },
        "input_shape");
    EXPECT_FALSE(layer.built());
}

TEST(Layer, RefusesBuffersThatOverlap) {
    for (const char* activation : {"linear", "tanh", "softmax"}) {
        LayerArguments arguments{1, 1};
        arguments.activation = activation;
        LocallyConnected2D layer(arguments);
        layer.build({1, 2, 2, 1});
        std::vector<float> a(8, 1.0f), b(4), c(4);
        const std::vector<float> before = a;
        expect_error<std::invalid_argument>([&] { layer.call(1, &a[0], &a[3]); }, "output overlaps input");
        expect_error<std::invalid_argument>([&] { layer.call(1, &a[0], b.data(), &b[0]); },
                                            "output overlaps before_activation");
        expect_error<std::invalid_argument>([&] { layer.call(1, &a[0], b.data(), &a[3]); },
                                            "before_activation overlaps input");
        expect_error<std::invalid_argument>([&] { layer.backward(1, &a[0], nullptr, b.data(), &a[1]); },
                                            "input_gradient overlaps input");
        expect_error<std::invalid_argument>([&] { layer.backward(1, &a[0], nullptr, b.data(), b.data()); },
                                            "input_gradient overlaps output_gradient");
        EXPECT_EQ(a, before);
        EXPECT_NO_THROW(layer.call(1, &a[0], &a[4], b.data()));
    }
}

TEST(Layer, RefusesMemoryThatIsNotThere) {
    for (const char* activation : {"relu", "softmax"})
        for (const char* regularizer : {"", "l2"}) {
            LayerArguments arguments{1, 1};
            arguments.activation = activation;
            if (*regularizer) arguments.activity_regularizer = regularizer;
            LocallyConnected2D layer(arguments);
            layer.build({1, 2, 2, 1});
            std::vector<float> a(5), b(5), c(5), written(5, 7.0f);
            const auto odd = [](std::vector<float>& v) {
                return reinterpret_cast<float*>(reinterpret_cast<char*>(v.data()) + 2);
            };
            const auto refused = [&](const char* reason, const auto& call) {
                expect_error<std::invalid_argument>(call, reason);
            };
            refused("input is null", [&] { layer.call(1, nullptr, written.data()); });
            refused("output is null", [&] { layer.call(1, a.data(), nullptr); });
            refused("input is not a mult", [&] { layer.call(1, odd(a), written.data()); });
            refused("output is not a mult", [&] { layer.call(1, a.data(), odd(written)); });
            refused("before_activation is not", [&] { layer.call(1, a.data(), written.data(), odd(b)); });
            const auto backward = [&](float* input, float* before, float* gradient, float* result) {
                return [=, &layer] { layer.backward(1, input, before, gradient, result); };
            };
            for (float* const before : {b.data(), static_cast<float*>(nullptr)}) {
                refused("input is null", backward(nullptr, before, c.data(), written.data()));
                refused("output_gradient is null", backward(a.data(), before, nullptr, written.data()));
                refused("input is not a mult", backward(odd(a), before, c.data(), written.data()));
                refused("output_gradient is not", backward(a.data(), before, odd(c), written.data()));
            }
            refused("before_activation is not", backward(a.data(), odd(b), c.data(), written.data()));
            refused("input_gradient is not", backward(a.data(), b.data(), c.data(), odd(written)));
            EXPECT_EQ(written, std::vector<float>(5, 7.0f));
        }
}

TEST(Layer, RefusesToCountMemoryBeyondInt64) {
    LayerArguments arguments{3, 2};
    arguments.activation = "softmax", arguments.activity_regularizer = "l2";
    const LocallyConnected2D layer(arguments);
    EXPECT_GT(layer.memory({int64_t(1) << 40, 4, 4, 2}).backward, int64_t(1) << 40);
    expect_error<std::invalid_argument>([&] { layer.memory({int64_t(1) << 55, 4, 4, 2}); }, "at most 2^57");
}

}  // namespace
