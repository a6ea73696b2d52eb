#include "cuda_stream.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "library.h"

namespace bench {

namespace {

// The part of the driver's interface that the bench itself uses; names and types are those of cuda.h.
// clang-format off
#define LCN_FUNCTIONS(_) \
    _(cuInit, unsigned flags) \
    _(cuDeviceGet, int* device, int ordinal) \
    _(cuDeviceGetAttribute, int* value, int attribute, int device) \
    _(cuDevicePrimaryCtxRetain, void** context, int device) \
    _(cuCtxSetCurrent, void* context) \
    _(cuGetErrorString, int result, const char** text) \
    _(cuStreamCreate, void** stream, unsigned flags) \
    _(cuStreamDestroy_v2, void* stream) \
    _(cuEventCreate, void** event, unsigned flags) \
    _(cuEventDestroy_v2, void* event) \
    _(cuEventRecord, void* event, void* stream) \
    _(cuEventSynchronize, void* event) \
    _(cuEventElapsedTime, float* milliseconds, void* begin, void* end) \
    _(cuModuleLoadData, void** module, const void* image) \
    _(cuModuleGetFunction, void** function, void* module, const char* name) \
    _(cuLaunchKernel, void* function, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z, \
      unsigned threads_x, unsigned threads_y, unsigned threads_z, unsigned shared_bytes, void* stream, \
      void** arguments, void** extra)
// clang-format on

struct Driver {
#define LCN_DECLARE(name, ...) int (*name)(__VA_ARGS__);
    LCN_FUNCTIONS(LCN_DECLARE)
#undef LCN_DECLARE

    Driver() {
        const Library library({"libcuda.so.1"});
#define LCN_FIND(name, ...) library.find(#name, name);
        LCN_FUNCTIONS(LCN_FIND)
#undef LCN_FIND
    }
};

const Driver& driver() {
    static const Driver opened;
    return opened;
}

void check(const char* call, int result) {
    if (result == 0) return;
    const char* text = nullptr;
    if (driver().cuGetErrorString(result, &text) != 0 || !text) text = "unknown error";
    throw std::runtime_error(std::string(call) + ": " + text);
}

#define LCN_CUDA(call, ...) check(#call, driver().call(__VA_ARGS__))

}  // namespace

CudaStream::CudaStream() {
    constexpr int multiprocessor_count = 16;  // CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT
    int device = 0;
    void* context = nullptr;
    LCN_CUDA(cuInit, 0);
    LCN_CUDA(cuDeviceGet, &device, 0);
    LCN_CUDA(cuDeviceGetAttribute, &multiprocessors_, multiprocessor_count, device);
    LCN_CUDA(cuDevicePrimaryCtxRetain, &context, device);
    LCN_CUDA(cuCtxSetCurrent, context);
    LCN_CUDA(cuStreamCreate, &stream_, 0);
    LCN_CUDA(cuEventCreate, &begin_, 0);
    LCN_CUDA(cuEventCreate, &end_, 0);
}

CudaStream::~CudaStream() {
    driver().cuEventDestroy_v2(begin_);
    driver().cuEventDestroy_v2(end_);
    driver().cuStreamDestroy_v2(stream_);
}

double CudaStream::seconds(const std::function<void()>& calls) {
    LCN_CUDA(cuEventRecord, begin_, stream_);
    calls();
    LCN_CUDA(cuEventRecord, end_, stream_);
    LCN_CUDA(cuEventSynchronize, end_);
    float milliseconds = 0;
    LCN_CUDA(cuEventElapsedTime, &milliseconds, begin_, end_);
    return double(milliseconds) * 1e-3;
}

void* CudaStream::function(const char* ptx, const char* name) {
    void *module = nullptr, *function = nullptr;
    LCN_CUDA(cuModuleLoadData, &module, ptx);
    LCN_CUDA(cuModuleGetFunction, &function, module, name);
    return function;
}

void CudaStream::launch(void* function, int blocks, int threads,
                        std::initializer_list<const void*> arguments) {
    std::vector<void*> addresses;
    for (const void* argument : arguments) addresses.push_back(const_cast<void*>(argument));
    LCN_CUDA(cuLaunchKernel, function, unsigned(blocks), 1, 1, unsigned(threads), 1, 1, 0, stream_,
             addresses.data(), nullptr);
}

}  // namespace bench
