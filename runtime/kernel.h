#pragma once

#include <HalideRuntime.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>

namespace lcn {

// What the generated kernels compute; generators/<operation>.cpp says how their buffers look.
enum class KernelOperation {
    forward,
    forward_dot,
    forward_band,
    backward_input_dot,
    backward_input_taps,
    backward_input_band,
    backward_input_band_upcoming,
    backward_input_gather,
    backward_weights,
    backward_weights_upcoming,
    backward_weights_taps,
    activation,
    activation_gradient,
    transpose,
    transpose_streaming,
    stream,
    axpby
};
constexpr int operation_count = int(KernelOperation::axpby) + 1;

// One generated kernel. `rows` .. `rows_aligned` are its tile (generators/tile.h); with `filters` it knows
// how many there are. Kernels for calls of one shape, with fixed extents and strides (generators/buffers.h),
// follow the one that has the same tile and runs any.
struct Kernel {
    int target;  // index into the target table
    KernelOperation operation;
    const char* operation_name;
    const char* symbol;
    void (*entry)();
    const char* function;  // of an activation
    uint8_t rows, vectors, lanes, unroll, prefetch, filters;
    bool span, single, ragged, accumulate, streaming;
    uint8_t group_rows, group_columns, block;  // of devices' kernels, with those after them
    bool parts, cells, aligned, rows_aligned;
    bool candidate;                  // only where a tuning names it
    int specialised = 0;             // how many follow for calls of one shape
    const int32_t* fixed = nullptr;  // the numbers of that shape; null: any
    mutable std::atomic<bool> ran{false};

    int width() const { return vectors * lanes; }

    template <typename... Arguments>
    void run(Arguments... arguments) const {
        const Kernel& k = kernel_for({buffer_of(arguments)...});
        if (!k.ran.load(std::memory_order_relaxed)) k.ran.store(true, std::memory_order_relaxed);
        reinterpret_cast<int (*)(Arguments...)>(k.entry)(arguments...);  // kernels cannot fail
    }

  private:
    static const halide_buffer_t* buffer_of(const halide_buffer_t* buffer) { return buffer; }
    static const halide_buffer_t* buffer_of(double) { return nullptr; }  // a scalar

    // The kernel of this tile that was made for calls with these buffers, else this one.
    const Kernel& kernel_for(std::initializer_list<const halide_buffer_t*> arguments) const {
        for (const Kernel* k = this + 1; k <= this + specialised; k++)
            if (k->fits(arguments)) return *k;
        return *this;
    }

    bool fits(std::initializer_list<const halide_buffer_t*> arguments) const {
        const int32_t* number = fixed;
        for (const halide_buffer_t* buffer : arguments)
            for (int d = 0; buffer && d < buffer->dimensions; d++)
                for (const int32_t actual : {buffer->dim[d].extent, buffer->dim[d].stride})
                    if (const int32_t wanted = *number++; wanted != 0 && wanted != actual) return false;
        return true;
    }
};

// A kernel's view of a tensor: all minima are 0. This is the one place where our order of dimensions,
// outermost first, becomes Halide's, innermost first.
template <int N>
class View {
  public:
    struct Dimension {
        int64_t extent, stride;  // elements
    };

    // Dimensions outermost first. The pointer may be to const data that the kernel only reads.
    View(const float* data, const Dimension (&dimensions)[N]) : View(dimensions) {
        buffer_.host = reinterpret_cast<uint8_t*>(const_cast<float*>(data));
    }
    // In the memory of a device, by its driver's handle.
    View(uint64_t memory, const Dimension (&dimensions)[N]) : View(dimensions) { buffer_.device = memory; }
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    operator halide_buffer_t*() { return &buffer_; }

  private:
    explicit View(const Dimension (&dimensions)[N]) : buffer_{}, halide_{} {
        for (int d = 0; d < N; d++) {
            halide_[d].extent = int32_t(dimensions[N - 1 - d].extent);
            halide_[d].stride = int32_t(dimensions[N - 1 - d].stride);
        }
        buffer_.type = halide_type_t(halide_type_float, 32);
        buffer_.dimensions = N;
        buffer_.dim = halide_;
    }

    halide_buffer_t buffer_;
    halide_dimension_t halide_[N];
};

// Index arithmetic inside a kernel is 32-bit: the elements between the first and the last one that a call
// touches, in each tensor, must stay below this.
constexpr int64_t max_call_elements = (int64_t(1) << 31) - 4096;

}  // namespace lcn
