#pragma once

#include <initializer_list>
#include <sstream>
#include <string>

#include "Halide.h"

namespace lcn::generators {

// What a kernel knows of its buffers. Every window starts at its own first element: all minima are zero.
// Extents and strides arrive at run time, but for those in `fixed`: numbers separated by commas, extent and
// stride of every dimension, innermost first, of the buffers in the order of the kernel's arguments; 0
// arrives at run time too.
template <typename... Buffers>
void declare(const std::string& fixed, Buffers&... buffers) {
    std::istringstream numbers(fixed);
    auto next = [&] {
        int number = 0;
        numbers >> number;
        numbers.ignore();  // the comma
        return number;
    };
    auto declare_one = [&](auto& buffer) {
        for (int d = 0; d < buffer.dimensions(); d++) {
            buffer.dim(d).set_min(0);
            if (const int extent = next()) buffer.dim(d).set_extent(extent);
            if (const int stride = next()) buffer.dim(d).set_stride(stride);
        }
    };
    (declare_one(buffers), ...);
}

// Declares what a kernel with `upcoming` is told besides: a pointer and scalars. A generator calls it in
// configure(). Fetches are counted by steps of the sum, one at a time.
template <typename Generator>
void add_upcoming(Generator& generator, std::initializer_list<const char*> scalars) {
    if (generator.unroll > 1) throw Halide::CompileError("upcoming: unroll has to be 1");
    generator.template add_input<uint64_t>("upcoming_base");
    for (const char* name : scalars) generator.template add_input<int>(name);
}

// What a kernel of a whole layer knows of its buffers. With `aligned`, pointers, strides and the innermost
// extent are multiples of four elements, and the innermost dimension is contiguous; else it may have any
// stride.
template <typename... Buffers>
void declare_aligned(bool aligned, Buffers&... buffers) {
    auto declare_one = [&](auto& buffer) {
        if (!aligned) {
            buffer.dim(0).set_stride(Halide::Expr());
            return;
        }
        buffer.set_host_alignment(16);
        buffer.dim(0).set_extent(buffer.dim(0).extent() / 4 * 4);
        for (int d = 1; d < buffer.dimensions(); d++)
            buffer.dim(d).set_stride(buffer.dim(d).stride() / 4 * 4);
    };
    (declare_one(buffers), ...);
}

}  // namespace lcn::generators
