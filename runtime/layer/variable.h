// A weight of the layer as Keras declares it, wherever its elements lie.
#pragma once

#include "kernel_layout.h"

namespace lcn::layer {

template <typename Float>
struct Variable {
    Shape shape;                 // as Keras declares it
    const KernelLayout* layout;  // of a kernel; null: the elements lie in Keras's order in `packed`
    Float *packed, *outside;     // kernel_layout.h
    int64_t packed_count, outside_count;

    int64_t count() const { return product(shape); }

    // Calls visit(Run) so that the runs, one after the other, are the variable in Keras's order.
    template <typename Visit>
    void for_each_run(Visit visit) const {
        if (layout)
            layer::for_each_run(*layout, packed, outside, visit);
        else
            visit(Run<Float>{packed, 1, packed_count});
    }

    // The elements one by one in Keras's order.
    template <typename Visit>
    void for_each(Visit visit) const {
        for_each_run([&](const Run<Float>& run) {
            for (int64_t k = 0; k < run.count; k++) visit(run.first[k * run.stride]);
        });
    }
};

// The variable's elements to or from an array in Keras's order. Without `outside`, those of it are 0.
inline void copy(const Variable<const float>& from, float* to) {
    from.for_each_run([&](const Run<const float>& run) {
        for (int64_t k = 0; k < run.count; k++) *to++ = run.first ? run.first[k * run.stride] : 0.0f;
    });
}
inline void copy(const float* from, const Variable<float>& to) {
    to.for_each([&](float& element) { element = *from++; });
}

template <typename Float>
Variable<const Float> constant(const Variable<Float>& v) {
    return {v.shape, v.layout, v.packed, v.outside, v.packed_count, v.outside_count};
}

}  // namespace lcn::layer
