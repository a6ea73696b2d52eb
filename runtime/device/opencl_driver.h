#pragma once

#include <cstddef>
#include <cstdint>

namespace lcn {

// The functions of the driver: result, name and arguments.
// clang-format off
#define LCN_OPENCL_FUNCTIONS(_) \
    _(Int, clGetPlatformIDs, Uint entries, Handle* platforms, Uint* count) \
    _(Int, clGetDeviceIDs, Handle platform, Flags type, Uint entries, Handle* devices, Uint* count) \
    _(Handle, clCreateContext, const Properties* properties, Uint count, const Handle* devices, \
      void* notify, void* user_data, Int* result) \
    _(Int, clReleaseContext, Handle context) \
    _(Handle, clCreateCommandQueue, Handle context, Handle device, Flags properties, Int* result) \
    _(Handle, clCreateBuffer, Handle context, Flags flags, size_t bytes, void* host, Int* result) \
    _(Int, clReleaseMemObject, Handle memory) \
    _(Int, clEnqueueWriteBuffer, Handle queue, Handle memory, Uint blocking, size_t offset, size_t bytes, \
      const void* host, Uint events, const Handle* wait, Handle* event) \
    _(Int, clEnqueueReadBuffer, Handle queue, Handle memory, Uint blocking, size_t offset, size_t bytes, \
      void* host, Uint events, const Handle* wait, Handle* event) \
    _(Int, clFinish, Handle queue) \
    _(Handle, clCreateProgramWithSource, Handle context, Uint count, const char** sources, \
      const size_t* lengths, Int* result) \
    _(Int, clReleaseProgram, Handle program) \
    _(Int, clBuildProgram, Handle program, Uint count, const Handle* devices, const char* options, \
      void* notify, void* user_data) \
    _(Int, clGetProgramBuildInfo, Handle program, Handle device, Uint name, size_t bytes, void* value, \
      size_t* written) \
    _(Handle, clCreateKernel, Handle program, const char* name, Int* result) \
    _(Int, clSetKernelArg, Handle kernel, Uint index, size_t bytes, const void* value) \
    _(Int, clGetCommandQueueInfo, Handle queue, Uint name, size_t bytes, void* value, size_t* written) \
    _(Int, clGetDeviceInfo, Handle device, Uint name, size_t bytes, void* value, size_t* written) \
    _(Int, clEnqueueNDRangeKernel, Handle queue, Handle kernel, Uint dimensions, const size_t* offset, \
      const size_t* global, const size_t* local, Uint events, const Handle* wait, Handle* event)
// clang-format on

// The part of OpenCL 1.2 that lcn uses, declared here so that no headers of OpenCL are needed to build. Types
// and values are those of CL/cl.h.
struct OpenclDriver {
    using Int = int32_t;  // cl_int; 0: success
    using Uint = uint32_t;
    using Flags = uint64_t;  // cl_bitfield
    using Handle = void*;    // cl_platform_id, cl_device_id, cl_context, cl_mem, ...
    using Properties = intptr_t;

    static constexpr Flags any_type = 0xFFFFFFFF;  // CL_DEVICE_TYPE_ALL
    static constexpr Flags read_write = 1;         // CL_MEM_READ_WRITE
    static constexpr Flags copy_host = 1 << 5;     // CL_MEM_COPY_HOST_PTR
    static constexpr Uint true_ = 1;               // CL_TRUE
    static constexpr Uint build_log = 0x1183;      // CL_PROGRAM_BUILD_LOG
    static constexpr Uint queue_context = 0x1090, queue_device = 0x1091, queue_properties = 0x1093;
    static constexpr Flags out_of_order = 1;  // CL_QUEUE_OUT_OF_ORDER_EXEC_..
    static constexpr Flags gpu_type = 4;      // CL_DEVICE_TYPE_GPU
    static constexpr Uint device_type = 0x1000, device_name = 0x102B, device_version = 0x102F;
    static constexpr Uint device_available = 0x1027, device_compiles = 0x1028;  // .._COMPILER_AVAILABLE
    static constexpr Uint device_memory_bytes = 0x101F;                         // CL_DEVICE_GLOBAL_MEM_SIZE
    static constexpr Uint device_local_bytes = 0x1023;                          // CL_DEVICE_LOCAL_MEM_SIZE
    static constexpr Uint device_group_threads = 0x1004;  // CL_DEVICE_MAX_WORK_GROUP_SIZE
    static constexpr Int no_platform = -1001;             // CL_PLATFORM_NOT_FOUND_KHR
    static constexpr Int no_host_memory = -6;             // CL_OUT_OF_HOST_MEMORY
    // CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_INVALID_BUFFER_SIZE
    static constexpr Int too_little_memory[] = {-4, -5, -61};

#define LCN_DECLARE(result, name, ...) result (*name)(__VA_ARGS__);
    LCN_OPENCL_FUNCTIONS(LCN_DECLARE)
#undef LCN_DECLARE
};

}  // namespace lcn
