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

using Buffer = const halide_buffer_t*;

// `positions` says which dimension of each buffer counts positions, -1: none does. Work is shared out along
// them, so their number is never fixed.
void add(const char* symbol, std::initializer_list<Buffer> buffers, std::initializer_list<int> positions) {
    record.kernels.insert(symbol);
    if (buffers.size() == 0) return;
    std::vector<int32_t> extents, numbers;
    double work = 0;
    const int* position = positions.begin();
    for (const Buffer buffer : buffers) {
        double elements = 1;
        for (int d = 0; d < buffer->dimensions; d++) {
            elements *= buffer->dim[d].extent;
            extents.push_back(d == *position ? 0 : buffer->dim[d].extent);
            numbers.insert(numbers.end(), {extents.back(), buffer->dim[d].stride});
        }
        if (buffer->dimensions == 5) work = elements;  // the weights, or their gradient
        position++;
    }
    planner::Calls& calls = record.calls[symbol][extents];
    if (calls.numbers.empty()) calls.numbers = numbers;
    for (size_t k = 0; k < numbers.size(); k++)
        if (calls.numbers[k] != numbers[k]) calls.numbers[k] = 0;
    calls.work += work;
}

}  // namespace

namespace planner {

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

int64_t second_level_cache() {
    return cache_bytes;
}

// The kernels. Those of small work are never specialised.
#define LCN_ARGUMENTS_forward \
    Buffer input, Buffer weights, Buffer initial, int, int, int, int, int, int, int, int, Buffer output
#define LCN_BUFFERS_forward              \
    {input, weights, initial, output}, { \
        -1, 4, 1, 1                      \
    }
#define LCN_ARGUMENTS_backward_input_dot Buffer output_gradient, Buffer weights, int, Buffer input_gradient
#define LCN_BUFFERS_backward_input_dot            \
    {output_gradient, weights, input_gradient}, { \
        1, 4, -1                                  \
    }
#define LCN_ARGUMENTS_backward_input_band \
    Buffer output_gradient, Buffer weights, int, int, int, int, int, int, int, int, Buffer band
#define LCN_BUFFERS_backward_input_band \
    {output_gradient, weights, band}, { \
        2, 4, -1                        \
    }
#define LCN_ARGUMENTS_backward_weights Buffer input, Buffer output_gradient, int, Buffer output
#define LCN_BUFFERS_backward_weights    \
    {input, output_gradient, output}, { \
        -1, 1, 4                        \
    }
#define LCN_ARGUMENTS_activation Buffer, float, float, float, Buffer
#define LCN_BUFFERS_activation \
    {}, {}
#define LCN_ARGUMENTS_activation_gradient Buffer, Buffer, float, float, float, Buffer
#define LCN_BUFFERS_activation_gradient \
    {}, {}
#define LCN_ARGUMENTS_transpose Buffer, Buffer
#define LCN_BUFFERS_transpose \
    {}, {}
#define LCN_ARGUMENTS_stream Buffer, Buffer
#define LCN_BUFFERS_stream \
    {}, {}

extern "C" {
#define LCN_KERNEL(target, operation, types, symbol, ...) \
    int symbol(LCN_ARGUMENTS_##operation) {               \
        add(#symbol, LCN_BUFFERS_##operation);            \
        return 0;                                         \
    }
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
}

}  // namespace lcn
