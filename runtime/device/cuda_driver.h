#pragma once

#include <cstddef>
#include <cstdint>

namespace lcn {

// The functions of the driver: result, name and arguments.
// clang-format off
#define LCN_CUDA_FUNCTIONS(_) \
    _(Result, cuInit, unsigned flags) \
    _(Result, cuDeviceGetCount, int* count) \
    _(Result, cuDeviceGet, Device* device, int ordinal) \
    _(Result, cuDeviceGetAttribute, int* value, int attribute, Device device) \
    _(Result, cuDevicePrimaryCtxRetain, Handle* context, Device device) \
    _(Result, cuCtxGetCurrent, Handle* context) \
    _(Result, cuCtxPushCurrent_v2, Handle context) \
    _(Result, cuCtxPopCurrent_v2, Handle* context) \
    _(Result, cuGetErrorString, Result result, const char** text) \
    _(Result, cuMemAlloc_v2, Address* address, size_t bytes) \
    _(Result, cuMemFree_v2, Address address) \
    _(Result, cuMemcpyHtoDAsync_v2, Address to, const void* from, size_t bytes, Handle stream) \
    _(Result, cuMemcpyDtoHAsync_v2, void* to, Address from, size_t bytes, Handle stream) \
    _(Result, cuStreamSynchronize, Handle stream) \
    _(Result, cuModuleLoadData, Handle* module, const void* image) \
    _(Result, cuModuleGetFunction, Handle* function, Handle module, const char* name) \
    _(Result, cuModuleGetGlobal_v2, Address* address, size_t* bytes, Handle module, const char* name) \
    _(Result, cuLaunchKernel, Handle function, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z, \
      unsigned threads_x, unsigned threads_y, unsigned threads_z, unsigned shared_bytes, Handle stream, \
      void** arguments, void** extra) \
    _(Result, cuDeviceGetName, char* name, int bytes, Device device) \
    _(Result, cuDeviceTotalMem_v2, size_t* bytes, Device device) \
    _(Result, cuCtxGetDevice, Device* device) \
    _(Result, cuStreamGetCtx, Handle stream, Handle* context)
// clang-format on

// The part of NVIDIA's driver interface that lcn uses, declared here so that no CUDA toolkit is needed to
// build. Types and values are those of cuda.h; names with _v2 are what its macros expand to.
struct CudaDriver {
    using Result = int;        // 0: success
    using Device = int;        // CUdevice
    using Handle = void*;      // CUcontext, CUmodule, CUfunction, CUstream
    using Address = uint64_t;  // CUdeviceptr

    static constexpr int compute_capability_major = 75, compute_capability_minor = 76;
    static constexpr Result out_of_memory = 2, no_device = 100;
    // CU_STREAM_PER_THREAD. This and what is below stand for the default stream of whatever context is
    // current.
    static constexpr uintptr_t last_of_any_context = 2;

#define LCN_DECLARE(result, name, ...) result (*name)(__VA_ARGS__);
    LCN_CUDA_FUNCTIONS(LCN_DECLARE)
#undef LCN_DECLARE
    // Since 12.0; null before.
    Result (*cuCtxGetId)(Handle context, uint64_t* id);
};

}  // namespace lcn
