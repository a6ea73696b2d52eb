// Every call of the driver that lcn makes may fail: it is said, nothing is left, and the next call works.
#include "every_failure.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::Operation;

class DriverErrors : public StandinTest {
  protected:
    // The calls of device.h, one after another, in a context in which nothing was loaded yet.
    void expect_errors_of(const std::function<lcn::Status(const DeviceTensors&)>& call) {
        for_every_failure(*driver, 999, [&](const Try& attempt) {
            const DeviceTensors tensors(fresh_queue(), whole_case());
            const Attempt made = attempt([&] { return call(tensors); });
            // What it was called for is done by then.
            if (!made.status.ok())
                expect_unknown_error(made);
            else
                EXPECT_TRUE(made.failed.empty() || made.failed == "cuCtxPopCurrent_v2") << made.failed;
            const lcn::Status next = call(tensors);
            EXPECT_TRUE(next.ok()) << next.message;
        });
        expect_clean();
    }
};

TEST_F(DriverErrors, of_passes_are_said) {
    for (Operation operation : operations)
        expect_errors_of([=](const DeviceTensors& tensors) { return tensors.run(operation); });
    expect_errors_of([](const DeviceTensors& tensors) { return tensors.activation_gradient(); });
    expect_errors_of([](const DeviceTensors& t) {
        return lcn::axpby(t.queue, 9, 1, t.input.memory(), 1, t.kernel.memory());
    });
}

TEST_F(DriverErrors, of_copies_are_said) {
    float host[4] = {};
    expect_errors_of(
        [&](const DeviceTensors& t) { return lcn::copy_in(t.queue, t.input.memory(), host, 16); });
    expect_errors_of(
        [&](const DeviceTensors& t) { return lcn::copy_out(t.queue, host, t.input.memory(), 16); });
    expect_errors_of([](const DeviceTensors& t) { return lcn::synchronize(t.queue); });
}

TEST_F(DriverErrors, of_memory_are_said) {
    for_every_failure(*driver, 999, [&](const Try& attempt) {
        const lcn::Queue queue = fresh_queue();
        lcn::DeviceMemory memory = 0;
        const Attempt made = attempt([&] { return lcn::allocate(queue, 64, memory); });
        EXPECT_EQ(made.status.ok(), memory != 0);
        if (!made.status.ok()) expect_unknown_error(made);
        EXPECT_TRUE(lcn::free(queue, memory).ok());
        expect_clean();
    });
    for_every_failure(*driver, 999, [&](const Try& attempt) {
        const lcn::Queue queue = fresh_queue();
        lcn::DeviceMemory memory = 0;
        EXPECT_TRUE(lcn::allocate(queue, 64, memory).ok());
        const Attempt made = attempt([&] { return lcn::free(queue, memory); });
        if (!made.status.ok()) expect_unknown_error(made);
        const bool freed = !calls_of(made.calls, "cuMemFree_v2").empty();
        EXPECT_TRUE(freed || lcn::free(queue, memory).ok());
        expect_clean();
    });
}

TEST_F(DriverErrors, of_descriptions_are_said) {
    for_every_failure(*driver, 999, [&](const Try& attempt) {
        int count = 0;
        const Attempt made = attempt([&] { return lcn::device_count("cuda", count); });
        if (!made.failed.empty()) expect_unknown_error(made);
    });
    for_every_failure(*driver, 999, [&](const Try& attempt) {
        lcn::DeviceInfo info;
        const Attempt made = attempt([&] { return lcn::device_info("cuda", 0, info); });
        if (!made.failed.empty()) expect_unknown_error(made);
    });
}

// On the default stream, in the device's primary context and in one of the caller's.
TEST_F(DriverErrors, leave_the_contexts_of_the_thread) {
    const DeviceTensors tensors({}, whole_case());
    for (const std::vector<standin::Handle>& contexts :
         {std::vector<standin::Handle>{}, {driver->create_context(1)}, {driver->primary_context(0)}}) {
        set_stack(contexts);
        for (Operation operation : operations)
            for_every_failure(*driver, 999, [&](const Try& attempt) {
                attempt([&] { return tensors.run(operation); });
                EXPECT_EQ(driver->stack(), contexts);
            });
    }
}

// Memory of code, and of what runs it.
TEST_F(DriverErrors, of_memory_have_a_code_of_their_own) {
    for (const char* function : {"cuModuleLoadData", "cuLaunchKernel"}) {
        const DeviceTensors tensors(fresh_queue(), whole_case());
        driver->fail(function, 1, 2);
        const lcn::Status status = tensors.run(Operation::backward_weights);
        EXPECT_EQ(status.code, Code::no_device_memory) << status.message;
        EXPECT_EQ(std::string(status.message), std::string(function) + ": out of memory (2)");
        EXPECT_TRUE(tensors.run(Operation::backward_weights).ok());
    }
}

TEST_F(DriverErrors, without_words_have_their_number) {
    const DeviceTensors tensors({}, whole_case());
    driver->fail("cuLaunchKernel", 1, 54321);
    const lcn::Status status = tensors.run(Operation::forward);
    EXPECT_EQ(status.code, Code::device_failed);
    EXPECT_STREQ(status.message, "cuLaunchKernel: unknown (54321)");
}

// As after an illegal address: nothing works any more, and every call says so.
TEST_F(DriverErrors, that_stay_are_said_by_every_call) {
    const DeviceTensors tensors({}, whole_case());
    for (int turn = 0; turn < 3; turn++)
        for (Operation operation : operations) {
            driver->fail("cuLaunchKernel", 1, 700);
            const lcn::Status status = tensors.run(operation);
            EXPECT_EQ(status.code, Code::device_failed);
            EXPECT_NE(std::string(status.message).find("illegal memory access"), std::string::npos);
        }
}

}  // namespace

}  // namespace lcn_test
