// Memory of devices, and what they are: on cuda with the stand-in, and on opencl.
#include <climits>

#include "every_device_test.h"
#include "standin_test.h"

namespace lcn_test {

namespace {

using lcn::Code;
using lcn::DeviceMemory;
using lcn::Queue;

class MemoryOfDevice : public EveryDeviceTest {};

TEST_P(MemoryOfDevice, comes_back_as_it_went_in) {
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

TEST_P(MemoryOfDevice, may_be_copied_in_part) {
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

TEST_P(MemoryOfDevice, is_refused_in_wrong_sizes) {
    DeviceMemory memory = 77;
    float host = 0;
    for (int64_t bytes : {int64_t(0), int64_t(-4), INT64_MIN}) {
        expect_status(lcn::allocate(queue, bytes, memory), Code::invalid_size, {"bytes"});
        expect_status(lcn::copy_in(queue, 16, &host, bytes), Code::invalid_size, {"bytes"});
        expect_status(lcn::copy_out(queue, &host, 16, bytes), Code::invalid_size, {"bytes"});
    }
    EXPECT_EQ(memory, 77u);
}

TEST_P(MemoryOfDevice, that_does_not_suffice_is_said) {
    DeviceMemory memory = 77;
    const lcn::Status status = lcn::allocate(queue, int64_t(1) << 50, memory);
    EXPECT_EQ(status.code, Code::no_device_memory) << status.message;
    EXPECT_EQ(memory, 77u);
    EXPECT_TRUE(lcn::synchronize(queue).ok());
}

TEST_P(MemoryOfDevice, null_is_freed_and_not_copied) {
    float host = 0;
    EXPECT_TRUE(lcn::free(queue, 0).ok());
    EXPECT_TRUE(lcn::free(queue, nullptr, 0).ok());
    expect_status(lcn::free(queue, nullptr, 16), Code::null_pointer, {"context"});
    expect_status(lcn::copy_in(queue, 0, &host, 4), Code::null_pointer, {"memory"});
    expect_status(lcn::copy_out(queue, &host, 0, 4), Code::null_pointer, {"memory"});
    expect_status(lcn::copy_in(queue, 16, nullptr, 4), Code::null_pointer, {"host"});
    expect_status(lcn::copy_out(queue, nullptr, 16, 4), Code::null_pointer, {"host"});
}

TEST_P(MemoryOfDevice, a_buffer_has_one_owner) {
    lcn::DeviceBuffer first(queue), second(queue);
    ASSERT_TRUE(first.allocate(64).ok());
    ASSERT_TRUE(second.allocate(64).ok());
    const DeviceMemory memory = first.memory();
    lcn::DeviceBuffer third(std::move(first));
    EXPECT_EQ(third.memory(), memory);
    second = std::move(third);
    EXPECT_EQ(second.memory(), memory);
    lcn::DeviceBuffer& same = second;
    second = std::move(same);
    EXPECT_EQ(second.memory(), memory);
    ASSERT_TRUE(second.allocate(128).ok());
}

TEST_P(MemoryOfDevice, devices_are_described) {
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

TEST_P(MemoryOfDevice, devices_that_are_not_there_are_refused) {
    for (int device : {-1, 1000, INT_MAX, INT_MIN})
        expect_status(lcn::synchronize({name.c_str(), device}), Code::unusable_target,
                      {std::to_string(device)});
}

LCN_TEST_EVERY_DEVICE(MemoryOfDevice);

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

using DriverBuffer = StandinTest;
TEST_F(DriverBuffer, says_that_its_memory_cannot_be_freed) {
    lcn::DeviceBuffer buffer(fresh_queue());
    for (const bool for_other_memory : {false, true}) {
        ASSERT_TRUE(buffer.allocate(64).ok());
        driver->fail("cuMemFree_v2", 1, 999);
        expect_status(for_other_memory ? buffer.allocate(64) : buffer.free(), Code::device_failed,
                      {"cuMemFree"});
        EXPECT_EQ(buffer.memory(), 0u);
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
            if (!is_of_contexts(call)) all += std::string(call.function) + " ";
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
