// GPUs, and other devices, through OpenCL 1.2.
#include <HalideRuntime.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>

#include "device/library.h"
#include "device/opencl_driver.h"
#include "device/opened.h"
#include "device/passes.h"

namespace lcn {

namespace {

OpenclDriver driver;

Status checked(const char* call, OpenclDriver::Int result) {
    if (result == 0) return {};
    for (const OpenclDriver::Int memory : OpenclDriver::too_little_memory)
        if (result == memory) return error(Code::no_device_memory, "%s: error %d", call, result);
    return error(Code::device_failed, "%s: error %d", call, result);
}

#define LCN_OPENCL(call, ...) LCN_RETURN_IF_ERROR(checked(#call, driver.call(__VA_ARGS__)))

// The beginning of a text, which the driver gives whole or not at all: by get(bytes, text, &length).
template <typename Get>
OpenclDriver::Int get_text(Get&& get, char* text, size_t bytes) {
    size_t length = 0;
    if (const OpenclDriver::Int result = get(0, nullptr, &length)) return result;
    const std::unique_ptr<char[]> whole(new (std::nothrow) char[length]);
    if (!whole) return OpenclDriver::no_host_memory;
    if (const OpenclDriver::Int result = get(length, whole.get(), nullptr)) return result;
    std::snprintf(text, bytes, "%.*s", int(length), whole.get());
    return 0;
}

// The devices of all platforms, one after another: how many, and the one at `index` if there is.
Status find_device(int index, OpenclDriver::Uint& total, OpenclDriver::Handle& device) {
    OpenclDriver::Handle platforms[16], devices[64];
    OpenclDriver::Uint platform_count = 0;
    total = 0, device = nullptr;
    const OpenclDriver::Int result = driver.clGetPlatformIDs(16, platforms, &platform_count);
    if (result == OpenclDriver::no_platform)
        return error(Code::unusable_target, "no driver of an OpenCL device is installed");
    LCN_RETURN_IF_ERROR(checked("clGetPlatformIDs", result));
    for (OpenclDriver::Uint p = 0; p < std::min(platform_count, 16u); p++) {
        OpenclDriver::Uint count = 0;
        if (driver.clGetDeviceIDs(platforms[p], OpenclDriver::any_type, 64, devices, &count) != 0) continue;
        count = std::min(count, 64u);
        if (index >= int(total) && index < int(total + count)) device = devices[index - int(total)];
        total += count;
    }
    return {};
}

Status device_of(int index, OpenclDriver::Handle& device) {
    OpenclDriver::Uint count = 0;
    LCN_RETURN_IF_ERROR(find_device(index, count, device));
    if (device) return {};
    return error(Code::unusable_target, "there is no OpenCL device %d: the drivers have %u", index, count);
}

class OpenclDevice final : public Device {
  public:
    static Status open_driver() {
        static DriverLibrary library("libOpenCL.so.1");
        LCN_RETURN_IF_ERROR(library.open());
#define LCN_FIND(result, name, ...) LCN_RETURN_IF_ERROR(library.find(#name, driver.name));
        LCN_OPENCL_FUNCTIONS(LCN_FIND)
#undef LCN_FIND
        return {};
    }

    Status open(int index) {
        LCN_RETURN_IF_ERROR(device_of(index, device_));
        OpenclDriver::Int result = 0;
        own_.context = driver.clCreateContext(nullptr, 1, &device_, nullptr, nullptr, &result);
        LCN_RETURN_IF_ERROR(checked("clCreateContext", result));
        own_.queue = driver.clCreateCommandQueue(own_.context, device_, 0, &result);
        if (result != 0) driver.clReleaseContext(own_.context);
        return checked("clCreateCommandQueue", result);
    }

    Status context(void* stream, void*& context) override {
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
        context = place.context;
        return {};
    }

    Status allocate(void* stream, int64_t bytes, DeviceMemory& memory) override {
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
        return create(place.context, OpenclDriver::read_write, bytes, nullptr, memory);
    }
    Status free(void*, DeviceMemory memory) override {
        LCN_OPENCL(clReleaseMemObject, handle(memory));
        return {};
    }
    Status copy_in(void* stream, DeviceMemory memory, const void* host, int64_t bytes) override {
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
        LCN_OPENCL(clEnqueueWriteBuffer, place.queue, handle(memory), OpenclDriver::true_, 0, size_t(bytes),
                   host, 0, nullptr, nullptr);
        return {};
    }
    Status copy_out(void* stream, void* host, DeviceMemory memory, int64_t bytes) override {
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
        LCN_OPENCL(clEnqueueReadBuffer, place.queue, handle(memory), OpenclDriver::true_, 0, size_t(bytes),
                   host, 0, nullptr, nullptr);
        return {};
    }
    Status synchronize(void* stream) override {
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
        LCN_OPENCL(clFinish, place.queue);
        return {};
    }

    Status load(void* stream, const char* source, int bytes, void*& module) override {
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
        const std::lock_guard lock(mutex_);
        Program& p = programs_[{place.context, source}];
        if (!p.handle) LCN_RETURN_IF_ERROR(build(place.context, source, bytes, p.handle));
        module = &p;
        return {};
    }

    Status one(void* stream, DeviceMemory& memory) override {
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
        const std::lock_guard lock(mutex_);
        DeviceMemory& known = ones_[place.context];
        float value = 1.0f;
        if (!known)
            LCN_RETURN_IF_ERROR(create(place.context, OpenclDriver::read_write | OpenclDriver::copy_host,
                                       sizeof value, &value, known));
        memory = known;
        return {};
    }

    Status check_grid(const char*, Size) const override {
        return {};
    }

    Status launch(void* stream, void* module, const char* function, Size blocks, Size threads,
                  int shared_bytes, int count, const size_t* bytes, void* const* arguments,
                  const int8_t* is_buffer) override {
        if (blocks.x == 0 || blocks.y == 0 || blocks.z == 0) return {};
        Place place;
        LCN_RETURN_IF_ERROR(find(stream, place));
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
        LCN_OPENCL(clEnqueueNDRangeKernel, place.queue, kernel, 3, nullptr, global, local, 0, nullptr,
                   nullptr);
        return {};
    }

  private:
    struct Program {
        OpenclDriver::Handle handle = nullptr;
        std::map<const char*, OpenclDriver::Handle> kernels;  // by their names in the code of the program
    };

    struct Place {
        OpenclDriver::Handle context = nullptr, queue = nullptr;
    };

    static OpenclDriver::Handle handle(DeviceMemory memory) {
        return reinterpret_cast<OpenclDriver::Handle>(memory);
    }

    // Where work on `stream` runs.
    Status find(void* stream, Place& place) const {
        place = own_;
        if (!stream) return {};
        place.queue = stream;
        OpenclDriver::Handle its_device = nullptr;
        OpenclDriver::Flags properties = 0;
        LCN_OPENCL(clGetCommandQueueInfo, stream, OpenclDriver::queue_device, sizeof its_device, &its_device,
                   nullptr);
        LCN_OPENCL(clGetCommandQueueInfo, stream, OpenclDriver::queue_properties, sizeof properties,
                   &properties, nullptr);
        LCN_OPENCL(clGetCommandQueueInfo, stream, OpenclDriver::queue_context, sizeof place.context,
                   &place.context, nullptr);
        if (its_device != device_)
            return error(Code::invalid_argument,
                         "queue.stream belongs to another device, not to queue.device");
        if (properties & OpenclDriver::out_of_order)
            return error(Code::invalid_argument, "queue.stream runs its commands out of order");
        return {};
    }

    static Status create(OpenclDriver::Handle context, OpenclDriver::Flags flags, int64_t bytes, void* host,
                         DeviceMemory& memory) {
        OpenclDriver::Int result = 0;
        const OpenclDriver::Handle fresh =
            driver.clCreateBuffer(context, flags, size_t(bytes), host, &result);
        LCN_RETURN_IF_ERROR(checked("clCreateBuffer", result));
        memory = reinterpret_cast<DeviceMemory>(fresh);
        return {};
    }

    Status build(OpenclDriver::Handle context, const char* source, int bytes, OpenclDriver::Handle& program) {
        // The text may end in a zero that the compiler must not see.
        const size_t length = strnlen(source, size_t(bytes));
        OpenclDriver::Int result = 0;
        const OpenclDriver::Handle fresh =
            driver.clCreateProgramWithSource(context, 1, &source, &length, &result);
        LCN_RETURN_IF_ERROR(checked("clCreateProgramWithSource", result));
        result = driver.clBuildProgram(fresh, 1, &device_, "", nullptr, nullptr);
        if (result != 0) {
            char log[sizeof Status::message] = "";
            const auto build_log = [&](size_t size, void* text, size_t* written) {
                return driver.clGetProgramBuildInfo(fresh, device_, OpenclDriver::build_log, size, text,
                                                    written);
            };
            get_text(build_log, log, sizeof log);
            driver.clReleaseProgram(fresh);
            return error(Code::device_failed, "clBuildProgram: error %d %s", result, log);
        }
        program = fresh;
        return {};
    }

    OpenclDriver::Handle device_ = nullptr;
    Place own_;
    std::mutex mutex_;
    std::map<std::pair<OpenclDriver::Handle, const char*>, Program> programs_;
    std::map<OpenclDriver::Handle, DeviceMemory> ones_;  // by context
};

Status count_devices(int& count) {
    LCN_RETURN_IF_ERROR(Opened<OpenclDevice>::driver());
    OpenclDriver::Uint total = 0;
    OpenclDriver::Handle none;
    LCN_RETURN_IF_ERROR(find_device(-1, total, none));
    count = int(total);
    return {};
}

Status info_of(int index, DeviceInfo& info) {
    LCN_RETURN_IF_ERROR(Opened<OpenclDevice>::driver());
    OpenclDriver::Handle device;
    uint64_t bytes = 0;
    LCN_RETURN_IF_ERROR(device_of(index, device));
    const auto name = [device](size_t size, void* text, size_t* written) {
        return driver.clGetDeviceInfo(device, OpenclDriver::device_name, size, text, written);
    };
    LCN_RETURN_IF_ERROR(checked("clGetDeviceInfo", get_text(name, info.name, sizeof info.name)));
    LCN_OPENCL(clGetDeviceInfo, device, OpenclDriver::device_memory_bytes, sizeof bytes, &bytes, nullptr);
    info.memory_bytes = int64_t(bytes);
    return {};
}

}  // namespace

const DeviceTarget opencl_device{
    false,          count_devices,    info_of,        Opened<OpenclDevice>::device,
    passes_on_host, passes_on_device, axpby_on_device};

}  // namespace lcn
