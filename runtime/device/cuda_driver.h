#pragma once

#include <cstddef>
#include <cstdint>

namespace lcn {

// The part of NVIDIA's driver interface that lcn uses, declared here so that no CUDA toolkit is needed to
// build. Types and values are those of cuda.h; names with _v2 are what its macros expand to.
struct CudaDriver {
    using Result = int;        // 0: success
    using Device = int;        // CUdevice
    using Handle = void*;      // CUcontext, CUmodule, CUfunction, CUstream
    using Address = uint64_t;  // CUdeviceptr

    static constexpr int compute_capability_major = 75, compute_capability_minor = 76;

    Result (*cuInit)(unsigned flags);
    Result (*cuDeviceGetCount)(int* count);
    Result (*cuDeviceGet)(Device* device, int ordinal);
    Result (*cuDeviceGetAttribute)(int* value, int attribute, Device device);
    Result (*cuDevicePrimaryCtxRetain)(Handle* context, Device device);
    Result (*cuCtxGetCurrent)(Handle* context);
    Result (*cuCtxPushCurrent_v2)(Handle context);
    Result (*cuCtxPopCurrent_v2)(Handle* context);
    Result (*cuGetErrorString)(Result result, const char** text);
    Result (*cuMemAlloc_v2)(Address* address, size_t bytes);
    Result (*cuMemFree_v2)(Address address);
    Result (*cuMemcpyHtoDAsync_v2)(Address to, const void* from, size_t bytes, Handle stream);
    Result (*cuMemcpyDtoHAsync_v2)(void* to, Address from, size_t bytes, Handle stream);
    Result (*cuStreamSynchronize)(Handle stream);
    Result (*cuModuleLoadData)(Handle* module, const void* image);
    Result (*cuModuleGetFunction)(Handle* function, Handle module, const char* name);
    Result (*cuLaunchKernel)(Handle function, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z,
                             unsigned threads_x, unsigned threads_y, unsigned threads_z,
                             unsigned shared_bytes, Handle stream, void** arguments, void** extra);
};

}  // namespace lcn
