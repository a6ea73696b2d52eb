// Headers of safetensors files as strangers may write them.
#include <gtest/gtest.h>

#include "lcn/safetensors.h"
#include "support/expect_error.h"

namespace {

using namespace lcn;

struct Hostile {
    const char* name;
    std::string header;
    uint64_t data_bytes;
    const char* reason;
};

std::string tensor(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

std::string one(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"t":)" + tensor(type, shape, offsets) + "}";
}

std::string two(const std::string& first_offsets, const std::string& second_offsets) {
    return R"({"a":)" + tensor("F32", "[2]", first_offsets) + R"(,"b":)" +
           tensor("F32", "[2]", second_offsets) + "}";
}

std::string many(int count, const std::string& text) {
    std::string result;
    for (int k = 0; k < count; k++) result += text;
    return result;
}

std::string many_tensors(int count) {
    std::string text = "{";
    for (int k = 0; k < count; k++)
        text += (k ? ",\"" : "\"") + std::to_string(k) + "\":" + tensor("F32", "[0]", "[0,0]");
    return text + "}";
}

const std::string tensor_f32 = tensor("F32", "[1]", "[0,4]");

const Hostile hostile[] = {
    {"empty_header", "", 0, "does not begin with '{'"},
    {"leading_space", " {}", 0, "does not begin with '{'"},
    {"array", "[]", 0, "does not begin with '{'"},
    {"cut_short", R"({"t":)", 0, "not valid JSON at byte"},
    {"nul", std::string("{}\0{}", 5), 0, "not valid JSON at byte 3"},
    {"two_values", "{} {}", 0, "not valid JSON at byte"},
    {"bad_utf8", "{\"\xff\":1}", 0, "not valid JSON at byte"},
    {"huge_number", R"({"t":1e999})", 0, "out of range"},
    {"deep", R"({"t":{"shape":[[[[[1]]]]]}})", 0, "nested deeper than"},
    {"very_deep", R"({"t":)" + std::string(1'000'000, '['), 0, "nested deeper than"},
    {"many_values", R"({"t":[0)" + many(500'000, ",0") + R"(],"s":[0)" + many(500'000, ",0") + "]}", 0,
     "more than 1000000 values"},
    {"duplicate_tensor", R"({"t":)" + tensor_f32 + R"(,"t":)" + tensor_f32 + "}", 4, "\"t\" twice"},
    {"duplicate_by_escape", R"({"t":)" + tensor_f32 + R"(,"\u0074":)" + tensor_f32 + "}", 4, "\"t\" twice"},
    {"duplicate_field", R"({"t":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4,
     "\"dtype\" twice"},
    {"too_many_tensors", many_tensors(10'002), 0, "more than 10000 tensors"},
    {"long_name", R"({")" + std::string(513, 'x') + R"(":)" + tensor_f32 + "}", 4, "more than 512 bytes"},
    {"metadata_list", R"({"__metadata__":[]})", 0, "__metadata__ is not a JSON object"},
    {"metadata_number", R"({"__metadata__":{"config":1}})", 0, "\"config\" is not a string: 1"},
    {"not_an_object", R"({"t":4})", 0, "expected dtype, shape and data_offsets"},
    {"field_missing", R"({"t":{"dtype":"F32","shape":[1]}})", 4, "expected dtype, shape and data_offsets"},
    {"field_unknown", R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}})", 4,
     "expected dtype, shape and data_offsets"},
    {"dtype_number", R"({"t":{"dtype":32,"shape":[1],"data_offsets":[0,4]}})", 4,
     "dtype is not a string: 32"},
    {"dtype_unknown", one("F31", "[1]", "[0,4]"), 4, "dtype is unknown: \"F31\""},
    {"shape_number", one("F32", "1", "[0,4]"), 4, "shape is not a list"},
    {"shape_negative", one("F32", "[-1]", "[0,4]"), 4, "shape is not a list"},
    {"shape_fraction", one("F32", "[1.0]", "[0,4]"), 4, "shape is not a list"},
    {"shape_above_int64", one("F32", "[9223372036854775808]", "[0,4]"), 4, "shape is not a list"},
    {"shape_of_9_dimensions", one("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "at most 8 sizes"},
    {"elements_overflow", one("F32", "[4294967296,4294967296]", "[0,0]"), 0, "too many elements"},
    {"elements_overflow_to_4", one("F32", "[4611686018427387904,4,1]", "[0,4]"), 4, "too many elements"},
    {"elements_overflow_before_0", one("F32", "[9223372036854775807,9,0]", "[0,0]"), 0, "too many elements"},
    {"offsets_missing", one("F32", "[1]", "[0]"), 4, "not a list of two sizes"},
    {"offsets_three", one("F32", "[1]", "[0,4,8]"), 4, "not a list of two sizes"},
    {"offsets_negative", one("F32", "[1]", "[-4,0]"), 4, "not a list of two sizes"},
    {"offsets_fraction", one("F32", "[1]", "[0,4.0]"), 4, "not a list of two sizes"},
    {"offsets_backwards", one("F32", "[1]", "[4,0]"), 4, "not inside the 4 bytes"},
    {"offsets_outside", one("F32", "[2]", "[0,8]"), 4, "not inside the 4 bytes"},
    {"offsets_beyond_2_63", one("F32", "[1]", "[18446744073709551612,18446744073709551615]"), 4,
     "not a list of two sizes"},
    {"smaller_than_shape", one("F32", "[2]", "[0,4]"), 4, "do not fit F32 of shape [2], which has 8 bytes"},
    {"larger_than_shape", one("F32", "[1]", "[0,8]"), 8, "do not fit F32 of shape [1], which has 4 bytes"},
    {"wrong_element_size", one("F64", "[1]", "[0,4]"), 4, "do not fit F64 of shape [1], which has 8 bytes"},
    {"overlap", two("[0,8]", "[4,12]"), 12, "tensor \"b\": its data overlap"},
    {"same_place", two("[0,8]", "[0,8]"), 8, "tensor \"b\": its data overlap"},
    {"hole", two("[0,8]", "[12,20]"), 20, "tensor \"b\": there is a hole"},
    {"hole_at_the_start", one("F32", "[1]", "[4,8]"), 8, "there is a hole"},
    {"trailing_data", one("F32", "[1]", "[0,4]"), 5, "1 bytes follow the last tensor"},
    {"data_without_tensors", "{}", 3, "3 bytes follow the last tensor"},
};

class HostileHeader : public testing::TestWithParam<Hostile> {};

TEST_P(HostileHeader, IsRefusedWithTheReason) {
    const Hostile& h = GetParam();
    expect_error<std::runtime_error>([&] { parse_safetensors_header(h.header, h.data_bytes); }, h.reason);
}

INSTANTIATE_TEST_SUITE_P(Every, HostileHeader, testing::ValuesIn(hostile),
                         [](const testing::TestParamInfo<Hostile>& info) { return info.param.name; });

TEST(SafetensorsHeader, MayHaveTensorsOf8Dimensions) {
    const auto header = parse_safetensors_header(one("F32", "[1,1,1,1,1,1,1,1]", "[0,4]"), 4);
    EXPECT_EQ(header.tensors.at("t").shape, Shape(8, 1));
}

}  // namespace
