#pragma once

#include <cstring>
#include <initializer_list>

#include "plan.h"
#include "status.h"

namespace lcn {

// What every pass does before any work: buffers checked, workspace checked.

struct Buffer {
    const char* name;
    const void* data;  // may be null where the argument may be
    int64_t bytes;
    bool written;
};

// What names the memory of tensors: addresses, or handles of a driver, which may only be equal or not.
enum class Names { addresses, handles };

// All buffers that are given must be aligned, and those that are written must not overlap any other.
Status check_buffers(std::initializer_list<Buffer> buffers, Names names = Names::addresses);
Status require(std::initializer_list<Buffer> buffers);  // none is null

// The workspace of a call: `slots` equal parts of `floats` elements, each beginning on a 64-byte line.
class Slots {
  public:
    Slots(int slots, int64_t floats) : slots_(slots), floats_(round_up(floats, 16)) {}

    int count() const { return slots_; }
    int64_t bytes() const { return floats_ == 0 ? 0 : slots_ * floats_ * 4 + 64; }
    Status bind(Workspace workspace);
    float* slot(int index) const { return base_ + index * floats_; }

  private:
    int slots_;
    int64_t floats_;
    float* base_ = nullptr;
};

inline Buffer whole(const Workspace& w) {
    return {"workspace.data", w.data, w.bytes > 0 ? w.bytes : 0, true};
}

// Elements of the tensors of a problem, from the first to the last.
inline int64_t input_elements(const Geometry& g) {
    return (g.problem.batch - 1) * g.input_image +
           g.problem.input_rows * g.problem.input_columns * g.problem.channels;
}
inline int64_t output_elements(const Geometry& g) {
    return (g.problem.batch - 1) * g.output_image + g.positions * g.problem.filters;
}

// output[z][y][x] = input[z][x][y]; rows = extent of x, columns = extent of y, contiguous in input. Past the
// caches with `streams`, where whole vectors do; who asks for it drains the stores (cpu.h).
void transpose(const Kernels& kernels, const float* input, int64_t input_stride, int64_t input_stack,
               float* output, int64_t output_stride, int64_t output_stack, int64_t rows, int64_t columns,
               int64_t stack, bool streams = false);

}  // namespace lcn
