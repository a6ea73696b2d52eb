// NVIDIA GPUs, through the driver's own interface.
#include <HalideRuntime.h>

#include <map>
#include <mutex>

#include "device/cuda_context.h"
#include "device/library.h"
#include "device/opened.h"
#include "device/passes.h"

namespace lcn {

namespace {

constexpr int least_capability = 75;

// A constant whose value is there as soon as the module is.
constexpr char source_of_one[] =
    ".version 6.3\n"
    ".target sm_75\n"
    ".address_size 64\n"
    ".visible .global .align 4 .f32 lcn_one = 0f3F800000;\n";

Status capability_of(CudaDriver::Device device, int& capability) {
    int major = 0, minor = 0;
    LCN_CUDA(cuDeviceGetAttribute, &major, CudaDriver::compute_capability_major, device);
    LCN_CUDA(cuDeviceGetAttribute, &minor, CudaDriver::compute_capability_minor, device);
    capability = 10 * major + minor;
    return {};
}

bool finds_none = false;  // the driver is there, but no device

Status count_of(int& count) {
    count = 0;
    if (!finds_none) LCN_CUDA(cuDeviceGetCount, &count);
    return {};
}

// The driver's own number of a device.
Status device_of(int index, CudaDriver::Device& device) {
    int count = 0;
    LCN_RETURN_IF_ERROR(count_of(count));
    if (index < 0 || index >= count)
        return error(Code::unusable_target, "there is no CUDA device %d: the driver has %d", index, count);
    LCN_CUDA(cuDeviceGet, &device, index);
    return {};
}

class CudaDevice final : public Device {
  public:
    static Status open_driver() {
        static DriverLibrary library("libcuda.so.1");
        LCN_RETURN_IF_ERROR(library.open());
#define LCN_FIND(result, name, ...) LCN_RETURN_IF_ERROR(library.find(#name, cuda_driver.name));
        LCN_CUDA_FUNCTIONS(LCN_FIND)
#undef LCN_FIND
        library.find("cuCtxGetId", cuda_driver.cuCtxGetId);  // or not
        const CudaDriver::Result result = cuda_driver.cuInit(0);
        finds_none = result == CudaDriver::no_device;
        if (result == 0 || finds_none) return {};
        return error(Code::unusable_target, "%s", cuda_checked("cuInit", result).message);
    }

    Status open(int index) {
        int capability = 0;
        LCN_RETURN_IF_ERROR(device_of(index, device_));
        LCN_RETURN_IF_ERROR(capability_of(device_, capability));
        if (capability < least_capability)
            return error(Code::unusable_target,
                         "CUDA device %d has compute capability %d.%d, lcn needs %d.%d", index,
                         capability / 10, capability % 10, least_capability / 10, least_capability % 10);
        LCN_CUDA(cuDevicePrimaryCtxRetain, &primary_, device_);
        return {};
    }

    Status context(void* stream, void*& context) override {
        const CudaContext current(device_, primary_, stream);
        context = current.handle();
        return current.status();
    }

    Status allocate(void* stream, int64_t bytes, DeviceMemory& memory) override {
        const CudaContext current(device_, primary_, stream);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuMemAlloc_v2, &memory, size_t(bytes));
        return {};
    }
    Status free(void* context, DeviceMemory memory) override {
        const CudaContext current(context);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuMemFree_v2, memory);
        return {};
    }
    Status copy_in(void* stream, DeviceMemory memory, const void* host, int64_t bytes) override {
        const CudaContext current(device_, primary_, stream);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuMemcpyHtoDAsync_v2, memory, host, size_t(bytes), stream);
        LCN_CUDA(cuStreamSynchronize, stream);
        return {};
    }
    Status copy_out(void* stream, void* host, DeviceMemory memory, int64_t bytes) override {
        const CudaContext current(device_, primary_, stream);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuMemcpyDtoHAsync_v2, host, memory, size_t(bytes), stream);
        LCN_CUDA(cuStreamSynchronize, stream);
        return {};
    }
    Status synchronize(void* stream) override {
        const CudaContext current(device_, primary_, stream);
        LCN_RETURN_IF_ERROR(current.status());
        LCN_CUDA(cuStreamSynchronize, stream);
        return {};
    }

    Status load(void* stream, const char* source, int, void*& module) override {
        const CudaContext current(device_, primary_, stream);
        LCN_RETURN_IF_ERROR(current.status());
        uint64_t context = 0;
        LCN_RETURN_IF_ERROR(id_of(current.handle(), context));
        const std::lock_guard lock(mutex_);
        Module& m = modules_[{context, source}];
        if (!m.handle) LCN_CUDA(cuModuleLoadData, &m.handle, source);
        module = &m;
        return {};
    }

    Status one(void* stream, DeviceMemory& memory) override {
        void* loaded = nullptr;
        LCN_RETURN_IF_ERROR(load(stream, source_of_one, sizeof source_of_one, loaded));
        const CudaContext current(device_, primary_, stream);
        LCN_RETURN_IF_ERROR(current.status());
        const std::lock_guard lock(mutex_);
        Module& m = *static_cast<Module*>(loaded);
        if (!m.one) LCN_CUDA(cuModuleGetGlobal_v2, &m.one, nullptr, m.handle, "lcn_one");
        memory = m.one;
        return {};
    }

    Status check_grid(const char* function, Size blocks) const override {
        constexpr int most_blocks = 65535;  // of every compute capability
        if (blocks.y <= most_blocks && blocks.z <= most_blocks) return {};
        return error(Code::overflow, "the layer is too large for CUDA: %.80s needs %d x %d x %d blocks",
                     function, blocks.x, blocks.y, blocks.z);
    }

    Status launch(void* stream, void* module, const char* function, Size blocks, Size threads,
                  int shared_bytes, int count, const size_t*, void* const* arguments,
                  const int8_t* is_buffer) override {
        if (blocks.x == 0 || blocks.y == 0 || blocks.z == 0) return {};
        const CudaContext current(device_, primary_, stream);
        LCN_RETURN_IF_ERROR(current.status());
        CudaDriver::Handle entry = nullptr;
        LCN_RETURN_IF_ERROR(find(*static_cast<Module*>(module), function, entry));
        constexpr int most = 64;
        if (count > most) return error(Code::device_failed, "%s has %d arguments", function, count);
        DeviceMemory addresses[most];
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
        DeviceMemory one = 0;                                 // of source_of_one
        std::map<const char*, CudaDriver::Handle> functions;  // by their names in the code of the program
    };

    // What tells a context from all others; only drivers that number them tell it from earlier ones at its
    // address.
    static Status id_of(CudaDriver::Handle context, uint64_t& id) {
        id = reinterpret_cast<uintptr_t>(context);
        if (cuda_driver.cuCtxGetId) LCN_CUDA(cuCtxGetId, context, &id);
        return {};
    }

    Status find(Module& module, const char* function, CudaDriver::Handle& entry) {
        const std::lock_guard lock(mutex_);
        CudaDriver::Handle& known = module.functions[function];
        if (!known) LCN_CUDA(cuModuleGetFunction, &known, module.handle, function);
        entry = known;
        return {};
    }

    CudaDriver::Device device_ = 0;
    CudaDriver::Handle primary_ = nullptr;
    std::mutex mutex_;
    std::map<std::pair<uint64_t, const char*>, Module> modules_;  // by context and source
};

Status count_devices(int& count) {
    LCN_RETURN_IF_ERROR(Opened<CudaDevice>::driver());
    return count_of(count);
}

Status info_of(int index, DeviceInfo& info) {
    LCN_RETURN_IF_ERROR(Opened<CudaDevice>::driver());
    CudaDriver::Device device;
    size_t bytes = 0;
    LCN_RETURN_IF_ERROR(device_of(index, device));
    LCN_CUDA(cuDeviceGetName, info.name, int(sizeof info.name), device);
    LCN_CUDA(cuDeviceTotalMem_v2, &bytes, device);
    info.memory_bytes = int64_t(bytes);
    return capability_of(device, info.compute_capability);
}

}  // namespace

const DeviceTarget cuda_device{true,           count_devices,    info_of,        Opened<CudaDevice>::device,
                               passes_on_host, passes_on_device, axpby_on_device};

}  // namespace lcn
