// y = a x + b y in the memory of a device, against a plain loop, bit by bit.
#include <cmath>
#include <cstring>
#include <limits>

#include "lcn/device.h"
#include "support/random.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::DeviceMemory;

// Also where compilers fuse a product with a sum.
float rounded(float a, float x, float b, float y) {
    const volatile float ax = a * x, by = b * y;
    return ax + by;
}

// Real numbers, and everything special among them.
Floats some(int64_t count, Random& random) {
    using Limits = std::numeric_limits<float>;
    constexpr float special[] = {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), -0.0f, 0.0f,
                                 Limits::max(),       Limits::min(),      Limits::denorm_min()};
    Floats values = random.reals(count);
    for (float& value : values)
        if (random.below(8) == 0) value = special[random.below(std::size(special))];
    return values;
}

void expect_bits(const Floats& actual, const Floats& expected) {
    for (size_t i = 0; i < expected.size(); i++) {
        if (std::isnan(expected[i])) {
            EXPECT_TRUE(std::isnan(actual[i])) << i << ": " << actual[i];
        } else {
            EXPECT_EQ(std::memcmp(&actual[i], &expected[i], sizeof(float)), 0)
                << i << ": " << actual[i] << ", expected " << expected[i];
        }
    }
}

class Axpby : public TargetTest {
  protected:
    void SetUp() override {
        TargetTest::SetUp();
        target_ = GetParam();
        queue_.target = target_.c_str();
    }

    lcn::DeviceBuffer filled(const Floats& values) const {
        lcn::DeviceBuffer buffer(queue_);
        const auto bytes = int64_t(values.size() * sizeof(float));
        expect_ok(buffer.allocate(bytes));
        expect_ok(lcn::copy_in(queue_, buffer.memory(), values.data(), bytes));
        return buffer;
    }
    Floats contents(const lcn::DeviceBuffer& buffer, size_t count) const {
        Floats values(count);
        expect_ok(lcn::copy_out(queue_, values.data(), buffer.memory(), int64_t(count * sizeof(float))));
        return values;
    }

    static void expect_ok(const lcn::Status& status) { EXPECT_TRUE(status.ok()) << status.message; }

    // Overlapping by a part can be told from addresses alone.
    bool has_addresses() const { return target_ == "cuda"; }

    lcn::Queue queue_;

  private:
    std::string target_;
};

// Of any length and, where memory has addresses, from any element on.
TEST_P(Axpby, has_the_bits_of_a_plain_loop) {
    Random random(1);
    constexpr float factors[][2] = {{-0.1f, 0.9f}, {1.0f, 1.0f}, {0.3f, 0.0f}, {0.0f, -1.5f}};
    constexpr int64_t behind = 300;  // must stay
    for (int64_t count : {1, 2, 3, 5, 31, 33, 127, 255, 256, 257, 511, 513, 767, 999, 1000})
        for (const auto& [a, b] : factors) {
            SCOPED_TRACE(count);
            const int64_t first = has_addresses() ? count % 4 : 0, first_of_x = has_addresses() ? 1 : 0;
            const Floats x = some(first_of_x + count, random), y = some(first + count + behind, random);
            Floats expected = y;
            for (int64_t i = 0; i < count; i++)
                expected[first + i] = rounded(a, x[first_of_x + i], b, y[first + i]);
            const lcn::DeviceBuffer from = filled(x), to = filled(y);
            expect_ok(
                lcn::axpby(queue_, count, a, from.memory() + 4 * first_of_x, b, to.memory() + 4 * first));
            expect_bits(contents(to, y.size()), expected);
        }
}

TEST_P(Axpby, may_work_in_place) {
    Random random(2);
    const Floats y = some(1000, random);
    Floats expected;
    for (float value : y) expected.push_back(rounded(-0.1f, value, 0.9f, value));
    const lcn::DeviceBuffer to = filled(y);
    expect_ok(lcn::axpby(queue_, 1000, -0.1f, to.memory(), 0.9f, to.memory()));
    expect_bits(contents(to, y.size()), expected);
}

TEST_P(Axpby, refuses_wrong_arguments_and_leaves_y) {
    Random random(3);
    const Floats y = random.reals(100);
    const lcn::DeviceBuffer from = filled(y), to = filled(y);
    const auto refused = [&](Code code, const char* name, int64_t count, DeviceMemory x, DeviceMemory to_y) {
        const lcn::Status status = lcn::axpby(queue_, count, 1, x, 1, to_y);
        EXPECT_EQ(status.code, code) << status.message;
        EXPECT_NE(std::string(status.message).find(name), std::string::npos) << status.message;
    };
    refused(Code::null_pointer, "x", 100, 0, to.memory());
    refused(Code::null_pointer, "y", 100, from.memory(), 0);
    refused(Code::invalid_size, "count", 0, from.memory(), to.memory());
    refused(Code::invalid_size, "count", -1, from.memory(), to.memory());
    refused(Code::overflow, "count", (int64_t(1) << 60) + 1, from.memory(), to.memory());
    if (has_addresses()) {
        refused(Code::overlap, "y overlaps x", 99, to.memory() + 4, to.memory());
        refused(Code::overlap, "y overlaps x", 99, to.memory(), to.memory() + 4);
        refused(Code::misaligned, "x", 99, from.memory() + 2, to.memory());
    }
    expect_bits(contents(to, y.size()), y);
    expect_ok(lcn::axpby(queue_, 100, 1, from.memory(), 1, to.memory()));  // for a kernel must have run
}

INSTANTIATE_TEST_SUITE_P(, Axpby, testing::ValuesIn(target_names(Targets::devices)), parameter_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Axpby);

}  // namespace

}  // namespace lcn_test
