// NVIDIA GPUs, through the driver's own interface.
#include <HalideRuntime.h>

#include <map>
#include <mutex>

#include "device/cuda_driver.h"
#include "device/device.h"
#include "device/library.h"
#include "device/opened.h"

namespace lcn {

namespace {

CudaDriver driver;

Status checked(const char* call, CudaDriver::Result result) {
    if (result == 0) return {};
    const char* text = nullptr;
    if (!driver.cuGetErrorString || driver.cuGetErrorString(result, &text) != 0 || !text) text = "unknown";
    constexpr int out_of_memory = 2;  // CUDA_ERROR_OUT_OF_MEMORY
    return error(result == out_of_memory ? Code::no_device_memory : Code::device_failed, "%s: %s (%d)", call,
                 text, result);
}

#define LCN_CUDA(call, ...) LCN_RETURN_IF_ERROR(checked(#call, driver.call(__VA_ARGS__)))

Status open_driver() {
    static DriverLibrary library("libcuda.so.1");
    LCN_RETURN_IF_ERROR(library.open());
#define LCN_FIND(symbol) LCN_RETURN_IF_ERROR(library.find(#symbol, driver.symbol))
    LCN_FIND(cuInit);
    LCN_FIND(cuDeviceGetCount);
    LCN_FIND(cuDeviceGet);
    LCN_FIND(cuDeviceGetAttribute);
    LCN_FIND(cuDevicePrimaryCtxRetain);
    LCN_FIND(cuCtxGetCurrent);
    LCN_FIND(cuCtxPushCurrent_v2);
    LCN_FIND(cuCtxPopCurrent_v2);
    LCN_FIND(cuGetErrorString);
    LCN_FIND(cuMemAlloc_v2);
    LCN_FIND(cuMemFree_v2);
    LCN_FIND(cuMemcpyHtoDAsync_v2);
    LCN_FIND(cuMemcpyDtoHAsync_v2);
    LCN_FIND(cuStreamSynchronize);
    LCN_FIND(cuModuleLoadData);
    LCN_FIND(cuModuleGetFunction);
    LCN_FIND(cuLaunchKernel);
#undef LCN_FIND
    LCN_CUDA(cuInit, 0);
    return {};
}

class CudaDevice final : public Device {
  public:
    Status open(int index) {
        int count = 0, major = 0, minor = 0;
        LCN_CUDA(cuDeviceGetCount, &count);
        if (index < 0 || index >= count)
            return error(Code::unusable_target, "there is no CUDA device %d, only %d", index, count);
        CudaDriver::Device device;
        LCN_CUDA(cuDeviceGet, &device, index);
        LCN_CUDA(cuDeviceGetAttribute, &major, CudaDriver::compute_capability_major, device);
        LCN_CUDA(cuDeviceGetAttribute, &minor, CudaDriver::compute_capability_minor, device);
        if (major * 10 + minor < 75)
            return error(Code::unusable_target, "CUDA device %d has compute capability %d.%d, lcn needs 7.5",
                         index, major, minor);
        LCN_CUDA(cuDevicePrimaryCtxRetain, &primary_, device);
        return {};
    }

    Status allocate(int64_t bytes, uint64_t& memory) override {
        const Current current(*this);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuMemAlloc_v2, &memory, size_t(bytes));
        return {};
    }
    void free(uint64_t memory) override {
        const Current current(*this);
        if (current.status().ok()) driver.cuMemFree_v2(memory);
    }
    Status copy_in(void* stream, uint64_t memory, const void* host, int64_t bytes) override {
        const Current current(*this);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuMemcpyHtoDAsync_v2, memory, host, size_t(bytes), stream);
        LCN_CUDA(cuStreamSynchronize, stream);
        return {};
    }
    Status copy_out(void* stream, void* host, uint64_t memory, int64_t bytes) override {
        const Current current(*this);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuMemcpyDtoHAsync_v2, host, memory, size_t(bytes), stream);
        LCN_CUDA(cuStreamSynchronize, stream);
        return {};
    }
    Status synchronize(void* stream) override {
        const Current current(*this);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuStreamSynchronize, stream);
        return {};
    }

    Status load(const char* source, int, void*& module) override {
        const Current current(*this);
        LCN_RETURN_IF_ERROR(current.status());
        const std::lock_guard lock(mutex_);
        Module& m = modules_[{current.context(), source}];
        if (!m.handle) LCN_CUDA(cuModuleLoadData, &m.handle, source);
        module = &m;
        return {};
    }

    Status launch(void* stream, void* module, const char* function, Size blocks, Size threads,
                  int shared_bytes, int count, const size_t*, void* const* arguments,
                  const int8_t* is_buffer) override {
        if (blocks.x == 0 || blocks.y == 0 || blocks.z == 0) return {};
        const Current current(*this);
        LCN_RETURN_IF_ERROR(current.status());
        CudaDriver::Handle entry;
        {
            const std::lock_guard lock(mutex_);
            Module& m = *static_cast<Module*>(module);
            CudaDriver::Handle& known = m.functions[function];
            if (!known) LCN_CUDA(cuModuleGetFunction, &known, m.handle, function);
            entry = known;
        }
        constexpr int most = 64;
        if (count > most) return error(Code::device_failed, "%s has %d arguments", function, count);
        uint64_t addresses[most];
        void* pointers[most];
        for (int k = 0; k < count; k++) {
            pointers[k] = arguments[k];
            if (!is_buffer[k]) continue;
            addresses[k] = static_cast<const halide_buffer_t*>(arguments[k])->device;
            pointers[k] = &addresses[k];
        }
        LCN_CUDA(cuLaunchKernel, entry, blocks.x, blocks.y, blocks.z, threads.x, threads.y, threads.z,
                 shared_bytes, stream, pointers, nullptr);
        return {};
    }

  private:
    struct Module {
        CudaDriver::Handle handle = nullptr;
        std::map<std::string, CudaDriver::Handle> functions;
    };

    // The context of a call: the one that the caller's thread has, else the primary one of the device, while
    // the call runs.
    class Current {
      public:
        explicit Current(const CudaDevice& device) {
            status_ = checked("cuCtxGetCurrent", driver.cuCtxGetCurrent(&context_));
            if (!status_.ok() || context_) return;
            context_ = device.primary_;
            status_ = checked("cuCtxPushCurrent", driver.cuCtxPushCurrent_v2(context_));
            pushed_ = status_.ok();
        }
        ~Current() {
            CudaDriver::Handle popped;
            if (pushed_) driver.cuCtxPopCurrent_v2(&popped);
        }
        Current(const Current&) = delete;
        Current& operator=(const Current&) = delete;

        const Status& status() const { return status_; }
        CudaDriver::Handle context() const { return context_; }

      private:
        CudaDriver::Handle context_ = nullptr;
        bool pushed_ = false;
        Status status_;
    };

    CudaDriver::Handle primary_ = nullptr;
    std::mutex mutex_;
    std::map<std::pair<CudaDriver::Handle, const char*>, Module> modules_;
};

}  // namespace

Status open_cuda(int index, Device*& device) {
    return opened_device<CudaDevice>(open_driver, index, device);
}

}  // namespace lcn
