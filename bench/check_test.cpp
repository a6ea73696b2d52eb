// The check of a row's answer finds what is wrong, and only that.
#include "check.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace bench {

namespace {

using lcn::Operation;

const Shape& shape(const char* id) {
    for (const Shape& s : shapes)
        if (std::strcmp(s.id, id) == 0) return s;
    throw std::invalid_argument(id);
}

// A small shape with everything odd, of which all elements are compared, and one of which some are.
struct Case {
    Operation operation;
    const char* shape;
    int batch;
};

class Check : public testing::TestWithParam<Case> {
  protected:
    Workload done{{GetParam().operation, &shape(GetParam().shape), GetParam().batch, "", false, 1}, 0};
    float* const result = done.result().data();

    void SetUp() override { ASSERT_TRUE(done.run().ok()); }
};

TEST_P(Check, AcceptsTheRightAnswer) {
    EXPECT_EQ(check(done), "");
}

TEST_P(Check, FindsOneUnwrittenElement) {
    const int64_t last = done.result_size() - 1;
    result[last] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(check(done), "wrong answer: element " + std::to_string(last) + " was not written");
}

// One part in a thousand on all elements: far less than a dropped term.
TEST_P(Check, FindsInaccuracy) {
    for (int64_t i = 0; i < done.result_size(); i++) result[i] *= 1.001f;
    EXPECT_NE(check(done).find("wrong answer"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(, Check,
                         testing::Values(Case{Operation::forward, "acl_2", 4},
                                         Case{Operation::backward_input, "acl_2", 4},
                                         Case{Operation::backward_weights, "acl_2", 4},
                                         Case{Operation::forward, "keras_doc_2", 32},
                                         Case{Operation::backward_input, "keras_doc_2", 32},
                                         Case{Operation::backward_weights, "keras_doc_2", 32}),
                         [](const auto& info) {
                             return std::string(name_of(info.param.operation)) + "_" + info.param.shape;
                         });

TEST(CheckOfAllElements, FindsOneWrongElement) {
    for (Operation operation : {Operation::forward, Operation::backward_input, Operation::backward_weights}) {
        Workload workload({operation, &shape("acl_2"), 4, "", false, 1}, 0);
        ASSERT_TRUE(workload.run().ok());
        workload.result().data()[workload.result_size() / 2] += 0.01f;
        EXPECT_NE(check(workload).find("(1 of"), std::string::npos) << name_of(operation) << check(workload);
    }
}

}  // namespace

}  // namespace bench
