// What runtime/device/cuda_driver.h and the tests declare of NVIDIA's driver is what its own headers declare.
#include <cuda.h>
#include <cudaTypedefs.h>
#include <gtest/gtest.h>

#include "alike.h"
#include "cuda_driver.h"
#include "cuda_program.h"

// Headers of CUDA 13 declare a later form; drivers keep this one.
extern "C" CUresult cuCtxCreate_v2(CUcontext*, unsigned, CUdevice);
static_assert(std::is_same_v<decltype(&cuCtxCreate_v2), PFN_cuCtxCreate_v3020>);

namespace {

using lcn::CudaDriver;
using lcn_test::alike;
using lcn_test::CudaProgram;
using lcn_test::CudaProgramCalls;

TEST(CudaHeaders, DeclareTheSameCalls) {
#define LCN_EXPECT_ALIKE(result, name, ...) \
    EXPECT_TRUE((alike<decltype(&::name), decltype(CudaDriver::name)>)) << #name;
    LCN_CUDA_FUNCTIONS(LCN_EXPECT_ALIKE)
#undef LCN_EXPECT_ALIKE
    EXPECT_FALSE((alike<decltype(&::cuMemFree_v2), decltype(CudaDriver::cuStreamSynchronize)>));
    EXPECT_FALSE((alike<decltype(&::cuMemFree_v2), decltype(CudaDriver::cuDeviceGetCount)>));
}

TEST(CudaHeaders, DeclareTheSameCallsOfPrograms) {
#define LCN_EXPECT_ALIKE(name, ...) \
    EXPECT_TRUE((alike<decltype(&name), decltype(CudaProgramCalls::name)>)) << #name;
    LCN_CUDA_PROGRAM_FUNCTIONS(LCN_EXPECT_ALIKE)
#undef LCN_EXPECT_ALIKE
}

TEST(CudaHeaders, DefineTheSameValues) {
    EXPECT_EQ(CudaDriver::compute_capability_major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    EXPECT_EQ(CudaDriver::compute_capability_minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    EXPECT_EQ(CudaDriver::out_of_memory, CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(CudaDriver::no_device, CUDA_ERROR_NO_DEVICE);
    EXPECT_EQ(CudaDriver::last_of_any_context, reinterpret_cast<uintptr_t>(CU_STREAM_PER_THREAD));
    EXPECT_LT(reinterpret_cast<uintptr_t>(CU_STREAM_LEGACY), CudaDriver::last_of_any_context);
    EXPECT_EQ(CudaProgram::non_blocking, unsigned(CU_STREAM_NON_BLOCKING));
    EXPECT_EQ(CudaProgram::of_all_threads, CU_STREAM_CAPTURE_MODE_GLOBAL);
}

}  // namespace
