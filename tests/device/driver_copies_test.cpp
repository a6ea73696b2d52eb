// Calls on tensors of the host with target cuda: each is copied once, and nothing is left on the device.
#include <algorithm>
#include <cmath>
#include <set>

#include "every_failure.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::Operation;

class DriverCopies : public StandinTest {
  protected:
    void SetUp() override {
        StandinTest::SetUp();
        if (HasFatalFailure()) return;
        const lcn::Status status = lcn::set_target("cuda");
        ASSERT_TRUE(status.ok()) << status.message;
        warm();
    }
    void TearDown() override {
        lcn::set_target(nullptr);
        StandinTest::TearDown();
    }

    // Code and the constant of a bias come once.
    void warm() {
        for (Operation operation : operations) EXPECT_TRUE(call(operation, whole_case()).ok());
        driver->take_calls();
    }

    static lcn::Status call(Operation operation, const Case& c) {
        lcn::Status status;
        Random random(1);
        run_in_place(operation, c, integer_operands(c.layer, random), status);
        return status;
    }

    // Sizes, in order, of what calls of a function had to do with.
    static std::vector<uint64_t> bytes_of(const Calls& calls, const char* function) {
        std::vector<uint64_t> bytes;
        for (const standin::Call& call : calls_of(calls, function)) bytes.push_back(call.bytes);
        return bytes;
    }
    static std::vector<uint64_t> bytes(std::initializer_list<int64_t> elements) {
        std::vector<uint64_t> all;
        for (int64_t n : elements) all.push_back(uint64_t(n) * 4);
        return all;
    }
    static std::vector<uint64_t> sorted(std::vector<uint64_t> values) {
        std::sort(values.begin(), values.end());
        return values;
    }

    // The tensors that come in and go out, and memory for `blocks`, which is given back.
    void expect_copies(std::vector<uint64_t> in, std::vector<uint64_t> out, std::vector<uint64_t> blocks) {
        const Calls calls = driver->take_calls();
        EXPECT_EQ(sorted(bytes_of(calls, "cuMemcpyHtoDAsync_v2")), sorted(in));
        EXPECT_EQ(sorted(bytes_of(calls, "cuMemcpyDtoHAsync_v2")), sorted(out));
        EXPECT_EQ(sorted(bytes_of(calls, "cuMemAlloc_v2")), sorted(blocks));
        std::vector<uint64_t> taken, freed;
        for (const standin::Call& call : calls_of(calls, "cuMemAlloc_v2")) taken.push_back(call.address);
        for (const standin::Call& call : calls_of(calls, "cuMemFree_v2")) freed.push_back(call.address);
        EXPECT_EQ(sorted(taken), sorted(freed));
        expect_clean();
    }
};

TEST_F(DriverCopies, of_each_pass_are_its_tensors) {
    for (bool with_bias : {false, true}) {
        Case c = whole_case();
        c.bias = with_bias;
        const reference::Layer& l = c.layer;
        const int64_t x = l.input_size(), w = l.kernel_size(), b = l.bias_size(), y = l.output_size();
        EXPECT_TRUE(call(Operation::forward, c).ok());
        if (with_bias)
            expect_copies(bytes({x, w, b}), bytes({y}), bytes({x, w, b, y}));
        else
            expect_copies(bytes({x, w}), bytes({y}), bytes({x, w, y}));
        EXPECT_TRUE(call(Operation::backward_input, c).ok());
        expect_copies(bytes({y, w}), bytes({x}), bytes({y, w, x}));
        EXPECT_TRUE(call(Operation::backward_weights, c).ok());
        if (with_bias)
            expect_copies(bytes({x, y}), bytes({w, b}), bytes({x, y, w, b}));
        else
            expect_copies(bytes({x, y}), bytes({w}), bytes({x, y, w}));
    }
}

TEST_F(DriverCopies, bring_in_what_is_added_to) {
    Case c = whole_case();
    c.accumulate = true;
    const reference::Layer& l = c.layer;
    EXPECT_TRUE(call(Operation::backward_weights, c).ok());
    expect_copies(bytes({l.input_size(), l.output_size(), l.kernel_size(), l.bias_size()}),
                  bytes({l.kernel_size(), l.bias_size()}),
                  bytes({l.input_size(), l.output_size(), l.kernel_size(), l.bias_size()}));
}

TEST_F(DriverCopies, of_activation_gradient_are_its_tensors) {
    Floats x(1000, 1.0f), dy(1000, 1.0f), dx(1000);
    const lcn::Activation tanh{lcn::Function::tanh};
    EXPECT_TRUE(lcn::activation_gradient(tanh, 1000, x.data(), dy.data(), dx.data()).ok());
    expect_copies(bytes({1000, 1000}), bytes({1000}), bytes({1000, 1000, 1000}));
}

// No kernel runs here, so every element comes back as it went in: what lies between images is kept.
TEST_F(DriverCopies, keep_what_lies_between_images) {
    lcn::Problem p = problem_of(whole_case());
    p.activation = {};
    int64_t rows, columns;
    ASSERT_TRUE(lcn::output_size(p, rows, columns).ok());
    const int64_t output = rows * columns * p.filters, input = p.input_rows * p.input_columns * p.channels;
    p.output_batch_stride = output + 3;
    p.input_batch_stride = input + 5;
    Random random(2);
    const Floats x = random.reals(p.batch * p.input_batch_stride);
    const Floats w = random.reals(rows * columns * p.kernel_rows * p.kernel_columns * p.channels * p.filters);
    const Floats y = random.reals(p.batch * p.output_batch_stride);
    Floats results = y, before = y, gradient = x;
    EXPECT_TRUE(lcn::forward(p, x.data(), w.data(), nullptr, results.data(), before.data(), {}).ok());
    EXPECT_TRUE(results == y && before == y);
    EXPECT_TRUE(lcn::backward_input(p, y.data(), w.data(), gradient.data(), {}).ok());
    EXPECT_TRUE(gradient == x);
}

// Without memory to keep, there is nothing to bring in: every element comes back as the device had it.
TEST_F(DriverCopies, bring_every_element_back) {
    Case c = whole_case();
    Random random(3);
    lcn::Status status;
    for (Operation operation : operations)
        for (const Floats& result : run_in_place(operation, c, integer_operands(c.layer, random), status))
            for (float value : result) ASSERT_TRUE(std::isnan(value)) << name_of(operation);
}

// The same kernels, grids and numbers: so the bits are those of tensors that are on the device.
TEST_F(DriverCopies, are_of_the_launches_of_tensors_on_the_device) {
    const Case c = whole_case();
    const DeviceTensors tensors({}, c);
    auto launched = [&] {
        Calls calls = launches(driver->take_calls());
        for (standin::Call& launch : calls) launch.addresses.clear();
        return calls;
    };
    for (Operation operation : {Operation::backward_input, Operation::backward_weights}) {
        launched();
        EXPECT_TRUE(tensors.run(operation).ok());
        const Calls on_device = launched();
        EXPECT_TRUE(call(operation, c).ok());
        EXPECT_TRUE(launched() == on_device) << name_of(operation);
    }
}

// How much was done besides asking for contexts and errors, and giving memory back.
int64_t work(const Attempt& attempt) {
    return std::count_if(attempt.calls.begin(), attempt.calls.end(), [](const standin::Call& call) {
        return !is_of_contexts(call) && call.function != "cuMemFree_v2" &&
               call.function != "cuGetErrorString" && call.result == 0;
    });
}

// In contexts in which nothing was loaded yet, so that every call there is comes to fail. A failure after all
// work, in giving memory back, is no failure of the call; the block is lost.
TEST_F(DriverCopies, leave_nothing_when_any_call_of_the_driver_fails) {
    for (Operation operation : operations) {
        std::set<int64_t> all_work;
        for_every_failure(*driver, 999, [&](const Try& attempt) {
            const standin::Handle context = driver->create_context(0);
            set_stack({context});
            const Attempt made = attempt([&] { return call(operation, whole_case()); });
            if (made.status.ok()) all_work.insert(work(made));
            if (!made.status.ok()) {
                expect_unknown_error(made);
                expect_clean();
            }
            const lcn::Status next = call(operation, whole_case());
            EXPECT_TRUE(next.ok()) << next.message;
            driver->free_all(context);
        });
        EXPECT_EQ(all_work.size(), 1u);
    }
}

TEST_F(DriverCopies, leave_nothing_when_memory_does_not_suffice) {
    const Case c = whole_case();
    for (Operation operation : operations)
        for (int which = 1;; which++) {
            set_stack({driver->create_context(0)});
            driver->fail("cuMemAlloc_v2", which, 2);
            const lcn::Status status = call(operation, c);
            if (!driver->failed()) {
                EXPECT_GT(which, 3);
                break;
            }
            EXPECT_EQ(status.code, Code::no_device_memory) << status.message;
            EXPECT_NE(std::string(status.message).find("cuMemAlloc"), std::string::npos) << status.message;
            expect_clean();
            EXPECT_TRUE(call(operation, c).ok());
        }
}

TEST_F(DriverCopies, are_refused_where_the_device_is_too_small) {
    const Case c = whole_case();
    const uint64_t all = uint64_t(4) << 30;
    driver->set_memory(0, uint64_t(c.layer.kernel_size()) * 4);
    for (Operation operation : operations) {
        const lcn::Status status = call(operation, c);
        EXPECT_EQ(status.code, Code::no_device_memory) << status.message;
        expect_clean();
    }
    driver->set_memory(0, all);
    for (Operation operation : operations) EXPECT_TRUE(call(operation, c).ok());
}

// Wrong arguments are told before the device has any work.
TEST_F(DriverCopies, are_not_made_for_wrong_arguments) {
    const Case c = whole_case();
    Floats x(c.layer.input_size()), y(c.layer.output_size());
    EXPECT_EQ(lcn::forward(problem_of(c), x.data(), nullptr, nullptr, y.data(), nullptr, {}).code,
              Code::null_pointer);
    EXPECT_EQ(lcn::forward(problem_of(c), x.data(), x.data(), nullptr, x.data(), nullptr, {}).code,
              Code::overlap);
    EXPECT_TRUE(driver->take_calls().empty());
}

}  // namespace

}  // namespace lcn_test
