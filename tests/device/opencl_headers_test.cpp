// What runtime/device/opencl_driver.h declares is what OpenCL's own headers declare.
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <gtest/gtest.h>

#include <iterator>

#include "alike.h"
#include "opencl_driver.h"

namespace {

using lcn::OpenclDriver;
using lcn_test::alike;

TEST(OpenclHeaders, DeclareTheSameCalls) {
#define LCN_EXPECT_ALIKE(result, name, ...) \
    EXPECT_TRUE((alike<decltype(&::name), decltype(OpenclDriver::name)>)) << #name;
    LCN_OPENCL_FUNCTIONS(LCN_EXPECT_ALIKE)
#undef LCN_EXPECT_ALIKE
    EXPECT_FALSE((alike<decltype(&::clFinish), decltype(OpenclDriver::clCreateKernel)>));
}

TEST(OpenclHeaders, DefineTheSameValues) {
    EXPECT_EQ(OpenclDriver::any_type, CL_DEVICE_TYPE_ALL);
    EXPECT_EQ(OpenclDriver::read_write, CL_MEM_READ_WRITE);
    EXPECT_EQ(OpenclDriver::copy_host, CL_MEM_COPY_HOST_PTR);
    EXPECT_EQ(OpenclDriver::true_, CL_TRUE);
    EXPECT_EQ(OpenclDriver::build_log, CL_PROGRAM_BUILD_LOG);
    EXPECT_EQ(OpenclDriver::queue_context, CL_QUEUE_CONTEXT);
    EXPECT_EQ(OpenclDriver::queue_device, CL_QUEUE_DEVICE);
    EXPECT_EQ(OpenclDriver::queue_properties, CL_QUEUE_PROPERTIES);
    EXPECT_EQ(OpenclDriver::out_of_order, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
    EXPECT_EQ(OpenclDriver::gpu_type, CL_DEVICE_TYPE_GPU);
    EXPECT_EQ(OpenclDriver::device_type, CL_DEVICE_TYPE);
    EXPECT_EQ(OpenclDriver::device_name, CL_DEVICE_NAME);
    EXPECT_EQ(OpenclDriver::device_version, CL_DEVICE_VERSION);
    EXPECT_EQ(OpenclDriver::device_available, CL_DEVICE_AVAILABLE);
    EXPECT_EQ(OpenclDriver::device_compiles, CL_DEVICE_COMPILER_AVAILABLE);
    EXPECT_EQ(OpenclDriver::device_local_bytes, CL_DEVICE_LOCAL_MEM_SIZE);
    EXPECT_EQ(OpenclDriver::device_group_threads, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    EXPECT_EQ(OpenclDriver::device_memory_bytes, CL_DEVICE_GLOBAL_MEM_SIZE);
    EXPECT_EQ(OpenclDriver::no_platform, CL_PLATFORM_NOT_FOUND_KHR);
    const OpenclDriver::Int too_little_memory[] = {CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES,
                                                   CL_INVALID_BUFFER_SIZE};
    EXPECT_EQ(OpenclDriver::no_host_memory, CL_OUT_OF_HOST_MEMORY);
    ASSERT_EQ(std::size(OpenclDriver::too_little_memory), std::size(too_little_memory));
    for (size_t k = 0; k < std::size(too_little_memory); k++)
        EXPECT_EQ(OpenclDriver::too_little_memory[k], too_little_memory[k]);
}

}  // namespace
