#include "device/cuda_context.h"

namespace lcn {

CudaDriver cuda_driver;

Status cuda_checked(const char* call, CudaDriver::Result result) {
    if (result == 0) return {};
    const char* text = nullptr;
    if (!cuda_driver.cuGetErrorString || cuda_driver.cuGetErrorString(result, &text) != 0 || !text)
        text = "unknown";
    return error(result == CudaDriver::out_of_memory ? Code::no_device_memory : Code::device_failed,
                 "%s: %s (%d)", call, text, result);
}

namespace {

bool of_any_context(void* stream) {
    return reinterpret_cast<uintptr_t>(stream) <= CudaDriver::last_of_any_context;
}

}  // namespace

CudaContext::CudaContext(CudaDriver::Device device, CudaDriver::Handle primary, void* stream)
    : status_(find(device, primary, stream)) {}

CudaContext::CudaContext(CudaDriver::Handle known) : status_(push(known)) {}

CudaContext::~CudaContext() {
    CudaDriver::Handle popped;
    if (pushed_) cuda_driver.cuCtxPopCurrent_v2(&popped);
}

Status CudaContext::find(CudaDriver::Device device, CudaDriver::Handle primary, void* stream) {
    CudaDriver::Device its_device;
    if (!of_any_context(stream)) {
        CudaDriver::Handle context;
        LCN_CUDA(cuStreamGetCtx, stream, &context);
        LCN_RETURN_IF_ERROR(push(context));
        LCN_CUDA(cuCtxGetDevice, &its_device);
        if (its_device == device) return {};
        return error(Code::invalid_argument, "queue.stream belongs to another device, not to queue.device");
    }
    LCN_CUDA(cuCtxGetCurrent, &handle_);
    if (handle_) {
        LCN_CUDA(cuCtxGetDevice, &its_device);
        if (its_device == device) return {};
    }
    return push(primary);
}

Status CudaContext::push(CudaDriver::Handle context) {
    LCN_CUDA(cuCtxPushCurrent_v2, context);
    handle_ = context;
    pushed_ = true;
    return {};
}

}  // namespace lcn
