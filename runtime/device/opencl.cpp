// GPUs, and other devices, through OpenCL 1.2.
#include <HalideRuntime.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "device/device.h"
#include "device/library.h"
#include "device/opencl_driver.h"
#include "device/opened.h"

namespace lcn {

namespace {

OpenclDriver driver;

Status checked(const char* call, OpenclDriver::Int result) {
    if (result == 0) return {};
    const bool memory = result == OpenclDriver::out_of_memory || result == OpenclDriver::out_of_resources;
    return error(memory ? Code::no_device_memory : Code::device_failed, "%s: error %d", call, result);
}

#define LCN_OPENCL(call, ...) LCN_RETURN_IF_ERROR(checked(#call, driver.call(__VA_ARGS__)))

Status open_driver() {
    static DriverLibrary library("libOpenCL.so.1");
    LCN_RETURN_IF_ERROR(library.open());
#define LCN_FIND(symbol) LCN_RETURN_IF_ERROR(library.find(#symbol, driver.symbol))
    LCN_FIND(clGetPlatformIDs);
    LCN_FIND(clGetDeviceIDs);
    LCN_FIND(clCreateContext);
    LCN_FIND(clCreateCommandQueue);
    LCN_FIND(clCreateBuffer);
    LCN_FIND(clReleaseMemObject);
    LCN_FIND(clEnqueueWriteBuffer);
    LCN_FIND(clEnqueueReadBuffer);
    LCN_FIND(clFinish);
    LCN_FIND(clCreateProgramWithSource);
    LCN_FIND(clBuildProgram);
    LCN_FIND(clGetProgramBuildInfo);
    LCN_FIND(clCreateKernel);
    LCN_FIND(clSetKernelArg);
    LCN_FIND(clEnqueueNDRangeKernel);
#undef LCN_FIND
    return {};
}

// The devices of all platforms, one after another.
Status find_device(int index, OpenclDriver::Handle& device) {
    OpenclDriver::Handle platforms[16], devices[64];
    OpenclDriver::Uint platform_count = 0, total = 0;
    LCN_OPENCL(clGetPlatformIDs, 16, platforms, &platform_count);
    for (OpenclDriver::Uint p = 0; p < std::min(platform_count, 16u); p++) {
        OpenclDriver::Uint count = 0;
        if (driver.clGetDeviceIDs(platforms[p], OpenclDriver::any_type, 64, devices, &count) != 0) continue;
        count = std::min(count, 64u);
        if (index >= 0 && OpenclDriver::Uint(index) < total + count) {
            device = devices[index - total];
            return {};
        }
        total += count;
    }
    return error(Code::unusable_target, "there is no OpenCL device %d, only %u", index, total);
}

class OpenclDevice final : public Device {
  public:
    Status open(int index) {
        LCN_RETURN_IF_ERROR(find_device(index, device_));
        OpenclDriver::Int result = 0;
        context_ = driver.clCreateContext(nullptr, 1, &device_, nullptr, nullptr, &result);
        LCN_RETURN_IF_ERROR(checked("clCreateContext", result));
        queue_ = driver.clCreateCommandQueue(context_, device_, 0, &result);
        return checked("clCreateCommandQueue", result);
    }

    Status allocate(int64_t bytes, uint64_t& memory) override {
        OpenclDriver::Int result = 0;
        memory = reinterpret_cast<uint64_t>(
            driver.clCreateBuffer(context_, OpenclDriver::read_write, size_t(bytes), nullptr, &result));
        return checked("clCreateBuffer", result);
    }
    void free(uint64_t memory) override { driver.clReleaseMemObject(handle(memory)); }
    Status copy_in(void* stream, uint64_t memory, const void* host, int64_t bytes) override {
        LCN_OPENCL(clEnqueueWriteBuffer, queue(stream), handle(memory), OpenclDriver::true_, 0, size_t(bytes),
                   host, 0, nullptr, nullptr);
        return {};
    }
    Status copy_out(void* stream, void* host, uint64_t memory, int64_t bytes) override {
        LCN_OPENCL(clEnqueueReadBuffer, queue(stream), handle(memory), OpenclDriver::true_, 0, size_t(bytes),
                   host, 0, nullptr, nullptr);
        return {};
    }
    Status synchronize(void* stream) override {
        LCN_OPENCL(clFinish, queue(stream));
        return {};
    }

    Status load(const char* source, int bytes, void*& module) override {
        const std::lock_guard lock(mutex_);
        Program& p = programs_[source];
        if (!p.handle) LCN_RETURN_IF_ERROR(build(source, bytes, p.handle));
        module = &p;
        return {};
    }

    Status launch(void* stream, void* module, const char* function, Size blocks, Size threads,
                  int shared_bytes, int count, const size_t* bytes, void* const* arguments,
                  const int8_t* is_buffer) override {
        if (blocks.x == 0 || blocks.y == 0 || blocks.z == 0) return {};
        // A kernel object holds its arguments, so one call at a time.
        const std::lock_guard lock(mutex_);
        OpenclDriver::Int result = 0;
        Program& p = *static_cast<Program*>(module);
        OpenclDriver::Handle& kernel = p.kernels[function];
        if (!kernel) kernel = driver.clCreateKernel(p.handle, function, &result);
        LCN_RETURN_IF_ERROR(checked("clCreateKernel", result));
        for (int k = 0; k < count; k++) {
            const void* value = arguments[k];
            size_t size = bytes[k];
            if (is_buffer[k])
                value = &static_cast<const halide_buffer_t*>(value)->device, size = sizeof(void*);
            LCN_OPENCL(clSetKernelArg, kernel, k, size, value);
        }
        // The last argument of every kernel is its shared memory.
        LCN_OPENCL(clSetKernelArg, kernel, count, size_t(std::max(shared_bytes, 1)), nullptr);
        const size_t local[] = {size_t(threads.x), size_t(threads.y), size_t(threads.z)};
        const size_t global[] = {blocks.x * local[0], blocks.y * local[1], blocks.z * local[2]};
        LCN_OPENCL(clEnqueueNDRangeKernel, queue(stream), kernel, 3, nullptr, global, local, 0, nullptr,
                   nullptr);
        return {};
    }

  private:
    struct Program {
        OpenclDriver::Handle handle = nullptr;
        std::map<std::string, OpenclDriver::Handle> kernels;
    };

    static OpenclDriver::Handle handle(uint64_t memory) {
        return reinterpret_cast<OpenclDriver::Handle>(memory);
    }
    OpenclDriver::Handle queue(void* stream) const { return stream ? stream : queue_; }

    Status build(const char* source, int bytes, OpenclDriver::Handle& program) {
        // The text may end in a zero that the compiler must not see.
        const size_t length = strnlen(source, size_t(bytes));
        OpenclDriver::Int result = 0;
        const OpenclDriver::Handle fresh =
            driver.clCreateProgramWithSource(context_, 1, &source, &length, &result);
        LCN_RETURN_IF_ERROR(checked("clCreateProgramWithSource", result));
        result = driver.clBuildProgram(fresh, 1, &device_, "", nullptr, nullptr);
        if (result != 0) {
            char log[120] = "";
            driver.clGetProgramBuildInfo(fresh, device_, OpenclDriver::build_log, sizeof log - 1, log,
                                         nullptr);
            return error(Code::device_failed, "clBuildProgram: error %d %s", result, log);
        }
        program = fresh;
        return {};
    }

    OpenclDriver::Handle device_ = nullptr, context_ = nullptr, queue_ = nullptr;
    std::mutex mutex_;
    std::map<const char*, Program> programs_;
};

}  // namespace

Status open_opencl(int index, Device*& device) {
    return opened_device<OpenclDevice>(open_driver, index, device);
}

}  // namespace lcn
