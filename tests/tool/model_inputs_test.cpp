// Inputs that a model of `lcn run` does not take: whose fault that is.
#include <gtest/gtest.h>

#include <functional>

#include "errors.h"
#include "model_parts.h"
#include "support/expect_error.h"

namespace {

using lcn::Shape;
using lcn::tool::Refused;
using nlohmann::json;

// Whether the action fails as a configuration that is refused, not as work that failed.
bool is_refused(const std::function<void()>& action) {
    try {
        action();
    } catch (const Refused&) {
        return true;
    } catch (const std::runtime_error&) {
    }
    return false;
}

// Inputs that a model does not take: its fault where it says what it takes, else the input's.
struct Misfit {
    const char* name;
    const char* class_name;
    const char* config;
    Shape input;
    const char* reason;
};

const Misfit misfits[] = {
    {"dense_of_numbers", "Dense", R"({"units": 1})", {3}, "expected 2 dimensions or more"},
    {"softmax_of_numbers",
     "Activation",
     R"({"activation": "softmax"})",
     {3},
     "expected 2 dimensions or more"},
    {"softmax_axis", "Softmax", R"({"axis": 3})", {1, 2, 3}, "axis"},
    {"pooled_rank", "MaxPooling2D", "{}", {1, 2, 3}, "expected 4 dimensions, the batch first"},
    {"pooled_size", "MaxPooling2D", "{}", {1, 1, 3, 1}, "expected an image that pool_size fits in"},
    {"kernel_size",
     "LocallyConnected1D",
     R"({"filters": 1, "kernel_size": 3})",
     {1, 2, 3},
     "at least 3 steps"},
    {"huge_strides",
     "LocallyConnected1D",
     R"({"filters": 1, "kernel_size": 1, "strides": 9223372036854775807})",
     {1, 2, 3},
     "stride_rows is too large: 9223372036854775807"},
    {"cropped_away", "Cropping1D", R"({"cropping": 1})", {1, 2, 1}, "more rows and columns than are cropped"},
    {"target_shape", "Reshape", R"({"target_shape": [2, 2]})", {1, 5}, "target_shape: got [2,2]"},
    {"inferred_shape", "Reshape", R"({"target_shape": [2, -1]})", {1, 5}, "target_shape: got [2,-1]"},
    {"large_target",
     "Reshape",
     R"({"target_shape": [2147483647, 2147483647, 2147483647]})",
     {1, 5},
     "larger than this machine's memory"},
    {"dims", "Permute", R"({"dims": [2, 1]})", {1, 5}, "expected 3 dimensions, as dims say"},
    {"axis", "BatchNormalization", R"({"axis": 2})", {1, 5}, "axis: got 2"},
    {"axis_of_the_batch", "BatchNormalization", R"({"axis": -2})", {1, 5}, "axis: got -2"},
    {"padded_beyond_memory",
     "ZeroPadding2D",
     R"({"padding": 2000000000})",
     {1, 1, 1, 1},
     "larger than this machine's memory"},
    {"repeated_beyond_memory",
     "UpSampling2D",
     R"({"size": 2147483647})",
     {1, 9, 9, 1},
     "larger than this machine's memory"},
    {"units_beyond_memory",
     "Dense",
     R"({"units": 2147483647})",
     {100000, 1},
     "larger than this machine's memory"},
    {"long_side", "MaxPooling1D", "{}", {1, int64_t(1) << 31, 1}, "sizes of at most 2147483647"},
};

class MisfittingInput : public testing::TestWithParam<Misfit> {};

TEST_P(MisfittingInput, IsNamedWithTheLayer) {
    const Misfit& c = GetParam();
    const json layer = keras_layer(c.class_name, json::parse(c.config));
    lcn::tool::Model open(sequential({layer}).dump());
    const std::string text = std::string("layer \"layer\" (") + c.class_name + "): ";
    expect_error<std::runtime_error>([&] { open.tensor_shapes(c.input); }, c.reason);
    expect_error<std::runtime_error>([&] { open.tensor_shapes(c.input); }, "tensor \"input\": shape ");
    expect_error<std::runtime_error>([&] { open.tensor_shapes(c.input); }, text);
    EXPECT_FALSE(is_refused([&] { open.tensor_shapes(c.input); }));
    if (c.input[1 % c.input.size()] > 2147483647) return;  // no configuration may say so
    json declared = json(c.input);
    declared[0] = nullptr;
    lcn::tool::Model model(sequential({input_layer(declared), layer}).dump());
    expect_error<Refused>([&] { model.tensor_shapes(c.input); }, text);
}

INSTANTIATE_TEST_SUITE_P(Every, MisfittingInput, testing::ValuesIn(misfits),
                         [](const testing::TestParamInfo<Misfit>& info) { return info.param.name; });

TEST(MisfittingInputs, AreTheInputsFaultWhereTheModelSaysWhatItTakes) {
    lcn::tool::Model model(sequential({input_layer(), flatten(), head()}).dump());
    for (const Shape& shape : {Shape{1, 2, 2, 2}, Shape{1, 2, 2}, Shape{}, Shape{0, 2, 2, 1}}) {
        expect_error<std::runtime_error>([&] { model.tensor_shapes(shape); },
                                         "tensor \"input\": shape " + json(shape).dump());
        EXPECT_FALSE(is_refused([&] { model.tensor_shapes(shape); }));
    }
    EXPECT_EQ(model.tensor_shapes({7, 2, 2, 1}).at("head/kernel"), Shape({4, 1}));
    lcn::tool::Model inner(
        sequential({input_layer(), sequential({input_layer({nullptr, 4})}, "inner")}).dump());
    expect_error<Refused>(
        [&] {
            inner.tensor_shapes({1, 2, 2, 1});
        },
        "layer \"inner/in\" (InputLayer): input shape [1,2,2,1], expected [null,4]");
}

}  // namespace
