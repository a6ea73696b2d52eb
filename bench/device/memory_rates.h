#pragma once

#include "cuda_stream.h"
#include "lcn/device.h"

namespace bench {

// How fast the memory of a device can be read and filled, in bytes per second: by kernels that do nothing
// else, over 2 GB, or a quarter of the memory if that is less. The median of some launches.
struct MemoryRates {
    double read = 0, fill = 0;
};

// Throws std::runtime_error when there is too little memory, or what was read is not what was filled in.
MemoryRates measure_memory(CudaStream& stream, const lcn::Queue& queue);

}  // namespace bench
