// A stream of an NVIDIA GPU, and how long work on it takes.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>

namespace bench {

// On device 0, in its primary context, which stays current in the thread that makes it. Functions throw
// std::runtime_error with the driver's own words.
class CudaStream {
  public:
    CudaStream();
    ~CudaStream();
    CudaStream(const CudaStream&) = delete;
    CudaStream& operator=(const CudaStream&) = delete;

    void* handle() const { return stream_; }  // a CUstream

    // Between two events on the stream, before and after the work that `calls` hands to it. Waits for it.
    double seconds(const std::function<void()>& calls);

    int multiprocessors() const { return multiprocessors_; }

    // A kernel from PTX, and its launch.
    void* function(const char* ptx, const char* name);
    void launch(void* function, int blocks, int threads, std::initializer_list<const void*> arguments);

  private:
    void *stream_ = nullptr, *begin_ = nullptr, *end_ = nullptr;
    int multiprocessors_ = 0;
};

}  // namespace bench
