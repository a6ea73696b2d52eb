#include "recorder.h"

#include <HalideRuntime.h>

#include <initializer_list>
#include <utility>

#include "cache.h"
#include "cpu.h"

namespace lcn {

namespace {

planner::Record record;
int64_t cache_bytes = 0;

using Buffer = halide_buffer_t*;  // as the runtime calls kernels

// A buffer, and a bit for each dimension whose extent stays free: positions, along which work is cut, and the
// terms of sums that begin with 0. Were their number compiled in, the first product would not be rounded
// before the second is added, and bits would differ from those of the general kernel.
struct Argument {
    Buffer buffer;
    unsigned free;
};

void add(const char* symbol, std::initializer_list<Argument> arguments) {
    record.kernels.insert(symbol);
    if (arguments.size() == 0) return;
    planner::Numbers extents, numbers;
    double work = 0;
    for (const Argument& argument : arguments) {
        double elements = 1;
        for (int d = 0; d < argument.buffer->dimensions; d++) {
            const halide_dimension_t& dimension = argument.buffer->dim[d];
            elements *= dimension.extent;
            extents.push_back(argument.free >> d & 1 ? 0 : dimension.extent);
            numbers.insert(numbers.end(), {extents.back(), dimension.stride});
        }
        if (argument.buffer->dimensions == 5) work = elements;  // the weights, or their gradient
    }
    planner::Calls& calls = record.calls[{symbol, extents}];
    calls.numbers = calls.numbers.empty() ? numbers : planner::common(std::move(calls.numbers), numbers);
    calls.work += work;
}

}  // namespace

namespace planner {

Numbers common(Numbers one, const Numbers& other) {
    for (size_t k = 0; k < one.size(); k++)
        if (one[k] != other[k]) one[k] = 0;
    return one;
}

Record take_record() {
    return std::exchange(record, {});
}

void set_second_level_cache(int64_t bytes) {
    cache_bytes = bytes;
}

}  // namespace planner

// The machine. No target of the planner's table asks for a feature.
CpuFeatures machine_features() {
    return 0;
}

// Kernels that are recorded store nothing.
void drain_stores() {}

int64_t second_level_cache() {
    return cache_bytes;
}

// The kernels. Those of small work are never specialised: they record no arguments.
// clang-format off
#define LCN_ARGUMENTS_forward \
    Buffer input, Buffer weights, Buffer initial, int, int, int, int, int, int, int, int, Buffer output
#define LCN_RECORDED_forward {{input, 0}, {weights, 1 << 4}, {initial, 1 << 1}, {output, 1 << 1}}

#define LCN_ARGUMENTS_forward_dot Buffer input, Buffer weights, Buffer initial, int, Buffer output
#define LCN_RECORDED_forward_dot {{input, 0}, {weights, 1 << 3}, {initial, 1 << 1}, {output, 1 << 1}}

#define LCN_ARGUMENTS_forward_band Buffer band, Buffer weights, Buffer initial, int, Buffer output
#define LCN_RECORDED_forward_band {{band, 0}, {weights, 1 << 4}, {initial, 1 << 1}, {output, 1 << 2}}

#define LCN_ARGUMENTS_backward_input_dot \
    Buffer output_gradient, Buffer weights, int, int, int, int, int, int, int, Buffer input_gradient
#define LCN_RECORDED_backward_input_dot \
    {{output_gradient, 1 << 0 | 1 << 1}, {weights, 1 << 0 | 1 << 4}, {input_gradient, 0}}

#define LCN_ARGUMENTS_backward_input_taps Buffer output_gradient, Buffer weights, int, Buffer input_gradient
#define LCN_RECORDED_backward_input_taps \
    {{output_gradient, 1 << 1}, {weights, 1 << 3}, {input_gradient, 0}}

#define LCN_ARGUMENTS_backward_input_band \
    Buffer output_gradient, Buffer weights, int, int, int, int, int, int, int, int, Buffer band
#define LCN_RECORDED_backward_input_band \
    {{output_gradient, 1 << 1 | 1 << 2}, {weights, 1 << 0 | 1 << 4}, {band, 0}}

#define LCN_ARGUMENTS_backward_input_band_upcoming \
    Buffer output_gradient, Buffer weights, int, int, int, int, int, int, int, int, uint64_t, int, int, int, \
        int, int, int, int, int, int, int, int, Buffer band
#define LCN_RECORDED_backward_input_band_upcoming LCN_RECORDED_backward_input_band

#define LCN_ARGUMENTS_backward_weights Buffer input, Buffer output_gradient, int, Buffer output
#define LCN_RECORDED_backward_weights {{input, 1 << 3}, {output_gradient, 1 << 1 | 1 << 2}, {output, 1 << 4}}

#define LCN_ARGUMENTS_backward_weights_upcoming \
    Buffer input, Buffer output_gradient, int, uint64_t, int, int, int, int, Buffer output
#define LCN_RECORDED_backward_weights_upcoming LCN_RECORDED_backward_weights

#define LCN_ARGUMENTS_backward_weights_taps Buffer input, Buffer output_gradient, int, Buffer output
#define LCN_RECORDED_backward_weights_taps {{input, 1 << 3}, {output_gradient, 1 << 1 | 1 << 2}, {output, 1 << 3}}

#define LCN_ARGUMENTS_activation Buffer, float, float, float, Buffer
#define LCN_RECORDED_activation {}
#define LCN_ARGUMENTS_activation_gradient Buffer, Buffer, float, float, float, Buffer
#define LCN_RECORDED_activation_gradient {}
#define LCN_ARGUMENTS_transpose Buffer, Buffer
#define LCN_RECORDED_transpose {}
#define LCN_ARGUMENTS_transpose_streaming Buffer, Buffer
#define LCN_RECORDED_transpose_streaming {}
#define LCN_ARGUMENTS_stream Buffer, Buffer
#define LCN_RECORDED_stream {}
// clang-format on

extern "C" {
#define LCN_KERNEL(target, operation, types, symbol, ...) \
    int symbol(LCN_ARGUMENTS_##operation) {               \
        add(#symbol, LCN_RECORDED_##operation);           \
        return 0;                                         \
    }
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
}

}  // namespace lcn
