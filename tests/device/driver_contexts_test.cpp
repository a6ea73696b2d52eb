// In which context lcn works, and that it leaves the caller's as they are.
#include <atomic>
#include <set>
#include <thread>

#include "every_call.h"
#include "standin_test.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::Operation;
using standin::Handle;

class DriverContexts : public StandinTest {
  protected:
    // Runs every pass on `queue`. All launches must be in `context`, on the queue's stream.
    void expect_launches_in(Handle context, const lcn::Queue& queue) {
        const DeviceTensors tensors(queue, whole_case());
        driver->take_calls();
        for (Operation operation : operations) {
            const lcn::Status status = tensors.run(operation);
            ASSERT_TRUE(status.ok()) << status.message;
        }
        EXPECT_TRUE(tensors.activation_gradient().ok());
        const Calls launched = launches(driver->take_calls());
        EXPECT_EQ(launched.size(), 2u + 1u + 2u + 1u);
        for (const standin::Call& launch : launched) {
            EXPECT_EQ(launch.context, context) << launch.kernel;
            EXPECT_EQ(launch.stream, queue.stream) << launch.kernel;
        }
    }
    Handle primary(int device) const { return driver->primary_context(device); }
};

TEST_F(DriverContexts, without_any_is_the_primary_one_of_the_device) {
    for (int device : {0, 1}) expect_launches_in(primary(device), {"cuda", device});
    EXPECT_NE(primary(0), primary(1));
}

TEST_F(DriverContexts, the_callers_of_the_same_device_is_used_and_stays_current) {
    const Handle below = driver->create_context(1), own = driver->create_context(0);
    set_stack({below, own});
    expect_launches_in(own, {});
}

TEST_F(DriverContexts, the_callers_of_another_device_is_left_alone) {
    set_stack({driver->create_context(1)});
    expect_launches_in(primary(0), {"cuda", 0});
}

TEST_F(DriverContexts, that_of_the_stream_comes_first) {
    const Handle others = driver->create_context(0), own = driver->create_context(0);
    const lcn::Queue queue{"cuda", 0, const_cast<void*>(driver->create_stream(own))};
    expect_launches_in(own, queue);
    set_stack({others});
    expect_launches_in(own, queue);
    set_stack({driver->create_context(1)});
    expect_launches_in(own, queue);
}

// CU_STREAM_LEGACY and CU_STREAM_PER_THREAD.
TEST_F(DriverContexts, special_streams_are_those_of_the_current_one) {
    const Handle own = driver->create_context(0);
    for (uintptr_t special : {1, 2}) {
        const lcn::Queue queue{"cuda", 0, reinterpret_cast<void*>(special)};
        set_stack({});
        expect_launches_in(primary(0), queue);
        set_stack({own});
        expect_launches_in(own, queue);
    }
}

TEST_F(DriverContexts, a_stream_of_another_device_is_refused) {
    lcn::Queue queue = fresh_queue(1);
    queue.device = 0;
    set_stack({driver->create_context(0)});
    driver->take_calls();
    for (const CallStatus& c : every_call(queue)) {
        EXPECT_EQ(c.status.code, Code::invalid_argument) << c.call << ": " << c.status.message;
        EXPECT_NE(std::string(c.status.message).find("queue.stream"), std::string::npos) << c.status.message;
    }
    for (const standin::Call& call : driver->take_calls())
        EXPECT_TRUE(is_of_contexts(call)) << call.function << " was called";
}

TEST_F(DriverContexts, what_is_no_stream_is_refused) {
    const lcn::Queue queue{"cuda", 0, const_cast<void*>(driver->create_context(0))};
    for (const CallStatus& c : every_call(queue)) {
        EXPECT_EQ(c.status.code, Code::device_failed) << c.call << ": " << c.status.message;
        EXPECT_NE(std::string(c.status.message).find("cuStreamGetCtx"), std::string::npos)
            << c.status.message;
    }
}

// Whatever has become of the stream, and whatever is current then.
TEST_F(DriverContexts, memory_is_freed_where_it_was_allocated) {
    const lcn::Queue queue = fresh_queue(), other = fresh_queue();
    lcn::DeviceBuffer on_stream(queue), replaced(other), on_default({});
    set_stack({driver->create_context(0)});
    ASSERT_TRUE(on_stream.allocate(64).ok() && replaced.allocate(64).ok() && on_default.allocate(64).ok());
    driver->destroy_stream(queue.stream), driver->destroy_stream(other.stream);
    set_stack({driver->create_context(0)});
    replaced = std::move(on_default);
}

TEST_F(DriverContexts, code_is_loaded_once_in_each) {
    const lcn::Queue first = fresh_queue(), second = fresh_queue(), other_device = fresh_queue(1);
    for (const lcn::Queue& queue : {first, second, other_device}) {
        const DeviceTensors tensors(queue, whole_case());
        for (Operation operation : operations) {
            driver->take_calls();
            EXPECT_TRUE(tensors.run(operation).ok());
            const Calls cold = driver->take_calls();
            const size_t loaded = calls_of(cold, "cuModuleLoadData").size();
            EXPECT_GE(loaded, 1u);
            EXPECT_LE(loaded, launches(cold).size() + calls_of(cold, "cuModuleGetGlobal_v2").size());
            EXPECT_TRUE(tensors.run(operation).ok());
            const Calls warm = driver->take_calls();
            EXPECT_TRUE(calls_of(warm, "cuModuleLoadData").empty());
            EXPECT_TRUE(calls_of(warm, "cuModuleGetFunction").empty());
            EXPECT_TRUE(calls_of(warm, "cuModuleGetGlobal_v2").empty());
        }
    }
}

// The driver may give a context the handle of one that was destroyed.
TEST_F(DriverContexts, have_code_of_their_own_one_after_another) {
    std::set<Handle> handles;
    for (int turn = 0; turn < 2; turn++) {
        const lcn::Queue queue = fresh_queue();
        void* context = nullptr;
        ASSERT_TRUE(lcn::device_context(queue, context).ok());
        handles.insert(context);
        expect_launches_in(context, queue);
        driver->destroy_context(context);
    }
    EXPECT_EQ(handles.size(), 1u);
}

// Calls alternate between contexts, so that what one loaded is not taken for another's.
TEST_F(DriverContexts, do_not_mix) {
    const lcn::Queue first = fresh_queue(0), second = fresh_queue(0), third = fresh_queue(1);
    const DeviceTensors a(first, whole_case()), b(second, whole_case()), c(third, whole_case());
    for (int turn = 0; turn < 3; turn++)
        for (Operation operation : operations)
            for (const DeviceTensors* tensors : {&a, &b, &c}) {
                const lcn::Status status = tensors->run(operation);
                EXPECT_TRUE(status.ok()) << status.message;
            }
}

TEST_F(DriverContexts, of_several_threads_do_not_mix) {
    const lcn::Queue queues[] = {fresh_queue(0), fresh_queue(0), fresh_queue(1), fresh_queue(1)};
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (const lcn::Queue& queue : queues)
        threads.emplace_back([&failures, queue] {
            const DeviceTensors tensors(queue, whole_case());
            for (int turn = 0; turn < 200; turn++)
                for (Operation operation : operations) failures += !tensors.run(operation).ok();
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(failures, 0);
}

}  // namespace

}  // namespace lcn_test
