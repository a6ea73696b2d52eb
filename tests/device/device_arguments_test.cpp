// What calls on memory of devices refuse, before any work: on cuda with the stand-in, and on opencl.
#include <functional>

#include "device_tensors.h"
#include "every_device_test.h"
#include "standin_test.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::DeviceMemory;
using lcn::Operation;
using lcn::Queue;

class ArgumentsOfDevice : public EveryDeviceTest {};

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
                 return lcn::forward(queue, p, m[0].memory, m[1].memory, m[2].memory, m[3].memory,
                                     m[4].memory);
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

TEST_P(ArgumentsOfDevice, tensors_that_are_required_are_not_null) {
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

TEST_P(ArgumentsOfDevice, outputs_do_not_overlap) {
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

// Memory that no tensor of a device reaches from another: nothing is there, and nothing looks.
DeviceMemory nowhere(int index) {
    return DeviceMemory(index) << 40;
}

TEST_P(ArgumentsOfDevice, problems_are_checked) {
    lcn::Problem p = problem_of(whole_case());
    auto expect_refused = [&](Code code, std::initializer_list<std::string> words) {
        expect_status(lcn::forward(queue, p, nowhere(1), nowhere(2), nowhere(3), nowhere(4), nowhere(5)),
                      code, words);
        expect_status(lcn::backward_input(queue, p, nowhere(1), nowhere(2), nowhere(3)), code, words);
        expect_status(lcn::backward_weights(queue, p, nowhere(1), nowhere(2), nowhere(3), nowhere(4),
                                            lcn::Update::overwrite),
                      code, words);
    };
    p.filters = 0;
    expect_refused(Code::invalid_size, {"filters", "0"});
    p.filters = int64_t(1) << 26;
    expect_refused(Code::overflow, {"kernel", "elements"});
    p = problem_of(whole_case());
    p.input_batch_stride = int64_t(1) << 29;
    expect_refused(Code::overflow, {"input", "elements"});
    p = problem_of(whole_case());
    p.output_batch_stride = int64_t(1) << 29;
    expect_refused(Code::overflow, {"output", "elements"});
    p = problem_of(whole_case());
    expect_status(lcn::backward_weights(queue, p, nowhere(1), nowhere(2), nowhere(3), 0, lcn::Update(2)),
                  Code::invalid_argument, {"update", "2"});
}

TEST_P(ArgumentsOfDevice, activation_gradient_checks_its_arguments) {
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
    expect_status(call(int64_t(1) << 31, nowhere(1), nowhere(2), nowhere(3)), Code::overflow,
                  {"before_activation"});
    expect_status(call(4, 0, dy, dx), Code::null_pointer, {"before_activation"});
    expect_status(call(4, x, 0, dx), Code::null_pointer, {"output_gradient"});
    expect_status(call(4, x, dy, 0), Code::null_pointer, {"before_gradient"});
    EXPECT_TRUE(call(4, x, dy, dy).ok());
    EXPECT_TRUE(call(4, x, dy, x).ok());
    if (!has_addresses()) return;
    expect_status(call(4, x, dy, dy + 4), Code::overlap, {"before_gradient", "output_gradient"});
    expect_status(call(4, x, dy, x + 4), Code::overlap, {"before_gradient", "before_activation"});
}

LCN_TEST_EVERY_DEVICE(ArgumentsOfDevice);

// Handles are no addresses.
using ArgumentsOfDriver = StandinTest;
TEST_F(ArgumentsOfDriver, are_multiples_of_4) {
    const DeviceTensors tensors({}, whole_case());
    for (const Pass& pass : passes(tensors))
        for (size_t k = 0; k < pass.tensors.size(); k++)
            for (int bytes : {1, 2, 3}) {
                std::vector<Tensor> spoilt = pass.tensors;
                spoilt[k].memory += DeviceMemory(bytes);
                expect_status(pass.call(spoilt), Code::misaligned, {spoilt[k].name});
            }
}

}  // namespace

}  // namespace lcn_test
