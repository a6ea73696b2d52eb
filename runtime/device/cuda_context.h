#pragma once

#include "device/cuda_driver.h"
#include "status.h"

namespace lcn {

extern CudaDriver cuda_driver;  // its functions, once the driver is open

Status cuda_checked(const char* call, CudaDriver::Result result);

#define LCN_CUDA(call, ...) \
    LCN_RETURN_IF_ERROR(::lcn::cuda_checked(#call, ::lcn::cuda_driver.call(__VA_ARGS__)))

// The context of a call, current in this thread as long as the object lives: that of the stream; without one,
// the caller's if it is of this device; else the device's primary one. Or one that is known.
class CudaContext {
  public:
    CudaContext(CudaDriver::Device device, CudaDriver::Handle primary, void* stream);
    explicit CudaContext(CudaDriver::Handle known);
    ~CudaContext();
    CudaContext(const CudaContext&) = delete;
    CudaContext& operator=(const CudaContext&) = delete;

    const Status& status() const { return status_; }
    CudaDriver::Handle handle() const { return handle_; }

  private:
    Status find(CudaDriver::Device device, CudaDriver::Handle primary, void* stream);
    Status push(CudaDriver::Handle context);

    CudaDriver::Handle handle_ = nullptr;
    bool pushed_ = false;
    Status status_;
};

}  // namespace lcn
