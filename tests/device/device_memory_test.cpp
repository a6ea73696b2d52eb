// Memory of devices, and every argument that calls on it refuse: on cuda with the stand-in, and on opencl.
#include <climits>
#include <functional>

#include "device_tensors.h"
#include "lcn/kernels.h"
#include "standin_test.h"
#include "support/target_test.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::DeviceMemory;
using lcn::Operation;
using lcn::Queue;

void expect_status(const lcn::Status& status, Code code, std::initializer_list<std::string> words) {
    EXPECT_EQ(status.code, code) << status.message;
    for (const std::string& word : words)
        EXPECT_NE(std::string(status.message).find(word), std::string::npos) << status.message << ": no " << word;
}

class DeviceMemoryOf : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        const lcn::Status status = lcn::synchronize(queue);
        if (status.code == Code::unusable_target) GTEST_SKIP() << status.message;
        ASSERT_TRUE(status.ok()) << status.message;
    }
    bool has_addresses() const { return GetParam() == "cuda"; }

    std::string name = GetParam();
    Queue queue{name.c_str()};
};

TEST_P(DeviceMemoryOf, comes_back_as_it_went_in) {
    Random random(1);
    for (int64_t count : {1, 3, 1000, 100'000}) {
        const Floats values = random.reals(count);
        Floats back(count);
        lcn::DeviceBuffer buffer(queue);
        ASSERT_TRUE(buffer.allocate(count * 4).ok());
        EXPECT_NE(buffer.memory(), 0u);
        EXPECT_TRUE(lcn::copy_in(queue, buffer.memory(), values.data(), count * 4).ok());
        EXPECT_TRUE(lcn::synchronize(queue).ok());
        EXPECT_TRUE(lcn::copy_out(queue, back.data(), buffer.memory(), count * 4).ok());
        EXPECT_TRUE(back == values);
    }
}

TEST_P(DeviceMemoryOf, may_be_copied_in_part) {
    const Floats values = {1, 2, 3, 4};
    Floats back(4, 7.0f);
    lcn::DeviceBuffer buffer(queue);
    ASSERT_TRUE(buffer.allocate(16).ok());
    EXPECT_TRUE(lcn::copy_in(queue, buffer.memory(), values.data(), 16).ok());
    EXPECT_TRUE(lcn::copy_out(queue, back.data(), buffer.memory(), 8).ok());
    EXPECT_EQ(back, Floats({1, 2, 7, 7}));
    if (!has_addresses()) return;
    EXPECT_TRUE(lcn::copy_out(queue, back.data(), buffer.memory() + 8, 4).ok());
    EXPECT_EQ(back, Floats({3, 2, 7, 7}));
}

TEST_P(DeviceMemoryOf, is_refused_in_wrong_sizes) {
    DeviceMemory memory = 77;
    float host = 0;
    for (int64_t bytes : {int64_t(0), int64_t(-4), INT64_MIN}) {
        expect_status(lcn::allocate(queue, bytes, memory), Code::invalid_size, {"bytes"});
        expect_status(lcn::copy_in(queue, 16, &host, bytes), Code::invalid_size, {"bytes"});
        expect_status(lcn::copy_out(queue, &host, 16, bytes), Code::invalid_size, {"bytes"});
    }
    EXPECT_EQ(memory, 77u);
}

TEST_P(DeviceMemoryOf, that_does_not_suffice_is_said) {
    DeviceMemory memory = 77;
    const lcn::Status status = lcn::allocate(queue, int64_t(1) << 50, memory);
    EXPECT_EQ(status.code, Code::no_device_memory) << status.message;
    EXPECT_EQ(memory, 77u);
    EXPECT_TRUE(lcn::synchronize(queue).ok());
}

TEST_P(DeviceMemoryOf, null_is_freed_and_not_copied) {
    float host = 0;
    EXPECT_TRUE(lcn::free(queue, 0).ok());
    expect_status(lcn::copy_in(queue, 0, &host, 4), Code::null_pointer, {"memory"});
    expect_status(lcn::copy_out(queue, &host, 0, 4), Code::null_pointer, {"memory"});
    expect_status(lcn::copy_in(queue, 16, nullptr, 4), Code::null_pointer, {"host"});
    expect_status(lcn::copy_out(queue, nullptr, 16, 4), Code::null_pointer, {"host"});
}

TEST_P(DeviceMemoryOf, a_buffer_has_one_owner) {
    lcn::DeviceBuffer first(queue), second(queue);
    ASSERT_TRUE(first.allocate(64).ok());
    ASSERT_TRUE(second.allocate(64).ok());
    const DeviceMemory memory = first.memory();
    lcn::DeviceBuffer third(std::move(first));
    EXPECT_EQ(third.memory(), memory);
    second = std::move(third);
    EXPECT_EQ(second.memory(), memory);
    ASSERT_TRUE(second.allocate(128).ok());
}

// Every tensor of a pass by name, and how to spoil it.
struct Tensor {
    const char* name;
    DeviceMemory memory;
    bool required;
};
struct Pass {
    std::vector<Tensor> tensors;
    int first_output;
    std::function<lcn::Status(const std::vector<Tensor>&)> call;
};

std::vector<Pass> passes(const DeviceTensors& t) {
    const lcn::Problem p = problem_of(t.c);
    const Queue queue = t.queue;
    return {{{{"input", t.input.memory(), true},
              {"kernel", t.kernel.memory(), true},
              {"bias", t.bias.memory(), false},
              {"output", t.output.memory(), true},
              {"before_activation", t.before.memory(), false}},
             3,
             [=](const std::vector<Tensor>& m) {
                 return lcn::forward(queue, p, m[0].memory, m[1].memory, m[2].memory, m[3].memory, m[4].memory);
             }},
            {{{"output_gradient", t.output_gradient.memory(), true},
              {"kernel", t.kernel.memory(), true},
              {"input_gradient", t.input_gradient.memory(), true}},
             2,
             [=](const std::vector<Tensor>& m) {
                 return lcn::backward_input(queue, p, m[0].memory, m[1].memory, m[2].memory);
             }},
            {{{"input", t.input.memory(), true},
              {"output_gradient", t.output_gradient.memory(), true},
              {"kernel_gradient", t.kernel_gradient.memory(), true},
              {"bias_gradient", t.bias_gradient.memory(), false}},
             2,
             [=](const std::vector<Tensor>& m) {
                 return lcn::backward_weights(queue, p, m[0].memory, m[1].memory, m[2].memory, m[3].memory,
                                              lcn::Update::overwrite);
             }}};
}

TEST_P(DeviceMemoryOf, tensors_that_are_required_are_not_null) {
    const DeviceTensors tensors(queue, whole_case());
    for (const Pass& pass : passes(tensors))
        for (size_t k = 0; k < pass.tensors.size(); k++) {
            std::vector<Tensor> spoilt = pass.tensors;
            spoilt[k].memory = 0;
            if (spoilt[k].required)
                expect_status(pass.call(spoilt), Code::null_pointer, {spoilt[k].name});
            else
                EXPECT_TRUE(pass.call(spoilt).ok()) << spoilt[k].name << " may be null";
        }
}

TEST_P(DeviceMemoryOf, outputs_do_not_overlap) {
    const DeviceTensors tensors(queue, whole_case());
    for (const Pass& pass : passes(tensors))
        for (size_t to = size_t(pass.first_output); to < pass.tensors.size(); to++)
            for (size_t other = 0; other < pass.tensors.size(); other++) {
                if (to == other) continue;
                for (int distance : {0, 4, -4}) {
                    if (distance != 0 && !has_addresses()) continue;
                    std::vector<Tensor> spoilt = pass.tensors;
                    spoilt[to].memory = spoilt[other].memory + DeviceMemory(int64_t(distance));
                    expect_status(pass.call(spoilt), Code::overlap, {spoilt[to].name, spoilt[other].name});
                }
            }
}

TEST_P(DeviceMemoryOf, addresses_are_multiples_of_4) {
    if (!has_addresses()) GTEST_SKIP() << "handles are no addresses";
    const DeviceTensors tensors(queue, whole_case());
    for (const Pass& pass : passes(tensors))
        for (size_t k = 0; k < pass.tensors.size(); k++)
            for (int bytes : {1, 2, 3}) {
                std::vector<Tensor> spoilt = pass.tensors;
                spoilt[k].memory += DeviceMemory(bytes);
                expect_status(pass.call(spoilt), Code::misaligned, {spoilt[k].name});
            }
}

// As everywhere in lcn; the problem and the values are checked by the same code.
TEST_P(DeviceMemoryOf, problems_are_checked) {
    DeviceTensors t(queue, whole_case());
    t.c.layer.filters = 0;
    for (Operation operation : operations)
        expect_status(t.run(operation), Code::invalid_size, {"filters", "0"});
    t.c.layer.filters = int64_t(1) << 31;
    for (Operation operation : operations) expect_status(t.run(operation), Code::overflow, {"elements"});
    const lcn::Problem p = problem_of(whole_case());
    expect_status(lcn::backward_weights(queue, p, t.input.memory(), t.output_gradient.memory(),
                                        t.kernel_gradient.memory(), 0, lcn::Update(2)),
                  Code::invalid_argument, {"update", "2"});
}

TEST_P(DeviceMemoryOf, activation_gradient_checks_its_arguments) {
    const DeviceTensors t(queue, whole_case());
    const DeviceMemory x = t.before.memory(), dy = t.output_gradient.memory(), dx = t.output.memory();
    const lcn::Activation tanh{lcn::Function::tanh};
    auto call = [&](int64_t count, DeviceMemory before, DeviceMemory gradient, DeviceMemory result) {
        return lcn::activation_gradient(queue, tanh, count, before, gradient, result);
    };
    expect_status(lcn::activation_gradient(queue, {lcn::Function(15)}, 4, x, dy, dx), Code::invalid_argument,
                  {"activation.function", "15"});
    expect_status(call(0, x, dy, dx), Code::invalid_size, {"count", "0"});
    expect_status(call(-1, x, dy, dx), Code::invalid_size, {"count", "-1"});
    expect_status(call(INT64_MAX, x, dy, dx), Code::overflow, {"count"});
    expect_status(call(int64_t(1) << 31, x, dy, dx), Code::overflow, {"before_activation"});
    expect_status(call(4, 0, dy, dx), Code::null_pointer, {"before_activation"});
    expect_status(call(4, x, 0, dx), Code::null_pointer, {"output_gradient"});
    expect_status(call(4, x, dy, 0), Code::null_pointer, {"before_gradient"});
    EXPECT_TRUE(call(4, x, dy, dy).ok());
    EXPECT_TRUE(call(4, x, dy, x).ok());
    if (!has_addresses()) return;
    expect_status(call(4, x, dy, dy + 4), Code::overlap, {"before_gradient", "output_gradient"});
    expect_status(call(4, x, dy, x + 4), Code::overlap, {"before_gradient", "before_activation"});
}

TEST_P(DeviceMemoryOf, devices_are_described) {
    int count = 0;
    ASSERT_TRUE(lcn::device_count(name.c_str(), count).ok());
    ASSERT_GT(count, 0);
    for (int device = 0; device < count; device++) {
        lcn::DeviceInfo info;
        EXPECT_TRUE(lcn::device_info(name.c_str(), device, info).ok());
        EXPECT_STRNE(info.name, "");
        EXPECT_GT(info.memory_bytes, 0);
        EXPECT_EQ(info.compute_capability > 0, name == "cuda");
    }
    lcn::DeviceInfo info;
    for (int device : {-1, count, INT_MAX})
        expect_status(lcn::device_info(name.c_str(), device, info), Code::unusable_target,
                      {std::to_string(device), std::to_string(count)});
}

TEST_P(DeviceMemoryOf, devices_that_are_not_there_are_refused) {
    for (int device : {-1, 1000, INT_MAX, INT_MIN})
        expect_status(lcn::synchronize({name.c_str(), device}), Code::unusable_target,
                      {std::to_string(device)});
}

INSTANTIATE_TEST_SUITE_P(, DeviceMemoryOf, testing::ValuesIn(target_names(Targets::devices)), parameter_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DeviceMemoryOf);

TEST(Devices, are_named_by_a_target) {
    int count = -1;
    lcn::DeviceInfo info;
    const std::string endless(1000, 'x');
    for (const char* name : {"CUDA", "", "portable", endless.c_str()}) {
        const std::string said = std::string(name).substr(0, 40);
        expect_status(lcn::device_count(name, count), Code::unknown_target, {"target", said});
        expect_status(lcn::device_info(name, 0, info), Code::unknown_target, {"target", said});
        expect_status(lcn::synchronize({name}), Code::unknown_target, {"target", said});
        EXPECT_FALSE(lcn::target_is_device(name));
    }
    expect_status(lcn::device_count(nullptr, count), Code::null_pointer, {"target"});
    expect_status(lcn::synchronize({nullptr}), Code::null_pointer, {"target"});
    EXPECT_FALSE(lcn::target_is_device(nullptr));
    EXPECT_EQ(count, -1);
    for (const std::string& name : target_names(Targets::devices))
        EXPECT_TRUE(lcn::target_is_device(name.c_str()));
}

// What the driver says reaches the caller as it is.
using DriverDescription = StandinTest;
TEST_F(DriverDescription, is_that_of_the_driver) {
    int count = 0;
    EXPECT_TRUE(lcn::device_count("cuda", count).ok());
    EXPECT_EQ(count, 3);
    const int capabilities[] = {90, 75, 70};
    for (int device = 0; device < 3; device++) {
        lcn::DeviceInfo info;
        EXPECT_TRUE(lcn::device_info("cuda", device, info).ok());
        EXPECT_EQ(std::string(info.name).rfind("Stand-in ", 0), 0u) << info.name;
        EXPECT_EQ(info.memory_bytes, int64_t(4) << 30);
        EXPECT_EQ(info.compute_capability, capabilities[device]);
    }
}

// Nothing is said twice to the driver, and nothing waits but what must.
using DriverMemory = StandinTest;
TEST_F(DriverMemory, is_that_of_the_driver) {
    const Queue queue = fresh_queue();
    DeviceMemory memory = 0;
    float host[2] = {1, 2};
    ASSERT_TRUE(lcn::synchronize(queue).ok());
    auto calls = [&] {
        std::string all;
        for (const standin::Call& call : driver->take_calls())
            if (!is_of_contexts(call)) all += call.function + " ";
        return all;
    };
    calls();
    ASSERT_TRUE(lcn::allocate(queue, 8, memory).ok());
    EXPECT_EQ(calls(), "cuMemAlloc_v2 ");
    EXPECT_TRUE(lcn::copy_in(queue, memory, host, 8).ok());
    EXPECT_EQ(calls(), "cuMemcpyHtoDAsync_v2 cuStreamSynchronize ");
    EXPECT_TRUE(lcn::copy_out(queue, host, memory, 8).ok());
    EXPECT_EQ(calls(), "cuMemcpyDtoHAsync_v2 cuStreamSynchronize ");
    EXPECT_TRUE(lcn::synchronize(queue).ok());
    EXPECT_EQ(calls(), "cuStreamSynchronize ");
    EXPECT_TRUE(lcn::free(queue, memory).ok());
    EXPECT_EQ(calls(), "cuMemFree_v2 ");
}

}  // namespace

}  // namespace lcn_test
