#pragma once

#include <cstddef>
#include <cstdint>

namespace lcn {

// The part of OpenCL 1.2 that lcn uses, declared here so that no headers of OpenCL are needed to build. Types
// and values are those of CL/cl.h.
struct OpenclDriver {
    using Int = int32_t;  // cl_int; 0: success
    using Uint = uint32_t;
    using Flags = uint64_t;  // cl_bitfield
    using Handle = void*;    // cl_platform_id, cl_device_id, cl_context, cl_mem, ...
    using Properties = intptr_t;

    static constexpr Flags any_type = 0xFFFFFFFF;                    // CL_DEVICE_TYPE_ALL
    static constexpr Flags read_write = 1;                           // CL_MEM_READ_WRITE
    static constexpr Uint true_ = 1;                                 // CL_TRUE
    static constexpr Uint build_log = 0x1183;                        // CL_PROGRAM_BUILD_LOG
    static constexpr Int out_of_memory = -4, out_of_resources = -5;  // CL_MEM_OBJECT_ALLOCATION_FAILURE, ..

    Int (*clGetPlatformIDs)(Uint entries, Handle* platforms, Uint* count);
    Int (*clGetDeviceIDs)(Handle platform, Flags type, Uint entries, Handle* devices, Uint* count);
    Handle (*clCreateContext)(const Properties* properties, Uint count, const Handle* devices, void* notify,
                              void* user_data, Int* result);
    Handle (*clCreateCommandQueue)(Handle context, Handle device, Flags properties, Int* result);
    Handle (*clCreateBuffer)(Handle context, Flags flags, size_t bytes, void* host, Int* result);
    Int (*clReleaseMemObject)(Handle memory);
    Int (*clEnqueueWriteBuffer)(Handle queue, Handle memory, Uint blocking, size_t offset, size_t bytes,
                                const void* host, Uint events, const Handle* wait, Handle* event);
    Int (*clEnqueueReadBuffer)(Handle queue, Handle memory, Uint blocking, size_t offset, size_t bytes,
                               void* host, Uint events, const Handle* wait, Handle* event);
    Int (*clFinish)(Handle queue);
    Handle (*clCreateProgramWithSource)(Handle context, Uint count, const char** sources,
                                        const size_t* lengths, Int* result);
    Int (*clBuildProgram)(Handle program, Uint count, const Handle* devices, const char* options,
                          void* notify, void* user_data);
    Int (*clGetProgramBuildInfo)(Handle program, Handle device, Uint name, size_t bytes, void* value,
                                 size_t* written);
    Handle (*clCreateKernel)(Handle program, const char* name, Int* result);
    Int (*clSetKernelArg)(Handle kernel, Uint index, size_t bytes, const void* value);
    Int (*clEnqueueNDRangeKernel)(Handle queue, Handle kernel, Uint dimensions, const size_t* offset,
                                  const size_t* global, const size_t* local, Uint events, const Handle* wait,
                                  Handle* event);
};

}  // namespace lcn
