// GPUs, and other devices, through OpenCL 1.2.
#include <HalideRuntime.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "device/library.h"
#include "device/opencl_devices.h"
#include "device/opened.h"
#include "device/passes.h"

namespace lcn {

namespace {

class OpenclDevice final : public Device {
  public:
    static Status open_driver() {
        static DriverLibrary library("libOpenCL.so.1");
        LCN_RETURN_IF_ERROR(library.open());
#define LCN_FIND(result, name, ...) LCN_RETURN_IF_ERROR(library.find(#name, opencl_driver.name));
        LCN_OPENCL_FUNCTIONS(LCN_FIND)
#undef LCN_FIND
        return {};
    }

    Status open(int index) {
        LCN_RETURN_IF_ERROR(find_opencl_device(index, device_));
        LCN_RETURN_IF_ERROR(check_opencl_device(index, device_));
        OpenclDriver::Int result = 0;
        own_.context = opencl_driver.clCreateContext(nullptr, 1, &device_, nullptr, nullptr, &result);
        LCN_RETURN_IF_ERROR(opencl_checked("clCreateContext", result));
        own_.queue = opencl_driver.clCreateCommandQueue(own_.context, device_, 0, &result);
        if (result != 0) opencl_driver.clReleaseContext(own_.context);
        return opencl_checked("clCreateCommandQueue", result);
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
        if (!kernel) kernel = opencl_driver.clCreateKernel(p.handle, function, &result);
        LCN_RETURN_IF_ERROR(opencl_checked("clCreateKernel", result));
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
            opencl_driver.clCreateBuffer(context, flags, size_t(bytes), host, &result);
        LCN_RETURN_IF_ERROR(opencl_checked("clCreateBuffer", result));
        memory = reinterpret_cast<DeviceMemory>(fresh);
        return {};
    }

    Status build(OpenclDriver::Handle context, const char* source, int bytes, OpenclDriver::Handle& program) {
        // The text may end in a zero that the compiler must not see.
        const size_t length = strnlen(source, size_t(bytes));
        OpenclDriver::Int result = 0;
        const OpenclDriver::Handle fresh =
            opencl_driver.clCreateProgramWithSource(context, 1, &source, &length, &result);
        LCN_RETURN_IF_ERROR(opencl_checked("clCreateProgramWithSource", result));
        result = opencl_driver.clBuildProgram(fresh, 1, &device_, "", nullptr, nullptr);
        if (result != 0) {
            char log[sizeof Status::message] = "";
            const auto build_log = [&](size_t size, void* text, size_t* written) {
                return opencl_driver.clGetProgramBuildInfo(fresh, device_, OpenclDriver::build_log, size,
                                                           text, written);
            };
            opencl_text(build_log, log, sizeof log);
            opencl_driver.clReleaseProgram(fresh);
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
    return count_opencl_devices(count);
}

Status info_of(int index, DeviceInfo& info) {
    LCN_RETURN_IF_ERROR(Opened<OpenclDevice>::driver());
    OpenclDriver::Handle device;
    LCN_RETURN_IF_ERROR(find_opencl_device(index, device));
    return describe_opencl_device(device, info);
}

}  // namespace

const DeviceTarget opencl_device{
    false,          count_devices,    info_of,        Opened<OpenclDevice>::device,
    passes_on_host, passes_on_device, axpby_on_device};

}  // namespace lcn
