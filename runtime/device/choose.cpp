#include "device/choose.h"

#include <algorithm>

#include "plan.h"

namespace lcn {

namespace {

bool holds(const Kernel& k, const DeviceShape& s) {
    return s.rows >= k.rows && s.columns >= k.width();
}

// What all threads together do in a step: the multiply-adds of their tiles, and the reads of shared memory,
// which cost about twice as much. Threads that fill up a group count too, and what a group reads from memory
// weighs more the fewer results it is shared by. H200, N=1, groups of 16 and of 32 filters: keras_doc_2 24
// and 20 us, lcresnet18_l1 36 and 32; N=32: lcresnet18_l1 95 and 79.
double cost(const Kernel& k, const DeviceShape& s) {
    const int64_t group_rows = int64_t(k.rows) * k.group_rows, group_columns = k.width() * k.group_columns;
    const double rows = double(divide_up(s.rows, group_rows) * k.group_rows);
    const double columns = double(divide_up(s.columns, group_columns) * k.group_columns);
    const double step = double(k.rows) * k.width() + 2.0 * (k.rows + k.width());
    const double shared = (1.0 + 8.0 / double(group_rows)) * (1.0 + 8.0 / double(group_columns));
    // Four elements that are read one by one.
    return rows * columns * step * shared * (k.aligned ? 1.0 : 2.0);
}

const Kernel* choose_tile(const Kernels& kernels, KernelOperation operation, const DeviceShape& s,
                          bool parts) {
    return choose(kernels, operation, [&](const Kernel& k) {
        // Scalars alone are multiplied and then added, vectors in one operation: a layer has one or the
        // other.
        const bool scalar = k.width() < 4;
        if (k.parts != parts || !holds(k, s) || scalar != (s.columns < 4)) return -1.0;
        if (k.aligned && !(s.aligned && (parts || s.rows_aligned))) return -1.0;
        return cost(k, s);
    });
}

}  // namespace

const Kernel* choose_forward_on_device(const Kernels& kernels, const DeviceShape& s) {
    return choose_tile(kernels, KernelOperation::forward, s, s.rows < batch_of_device_tiles);
}

const Kernel* choose_backward_input_on_device(const Kernels& kernels, const DeviceShape& s) {
    return choose_tile(kernels, KernelOperation::backward_input_gather, s, s.rows < batch_of_device_tiles);
}

const Kernel* choose_backward_weights_on_device(const Kernels& kernels, const DeviceShape& s, int64_t images,
                                                bool accumulate) {
    return choose(kernels, KernelOperation::backward_weights, [&](const Kernel& k) {
        if (!holds(k, s) || k.accumulate != accumulate || (k.single && images > 1)) return -1.0;
        if (k.aligned && !(s.aligned && s.rows_aligned)) return -1.0;
        // An element belongs to one thread alone.
        if (accumulate && (s.rows % k.rows != 0 || s.columns % k.width() != 0)) return -1.0;
        return cost(k, s) * (images == 1 && !k.single ? 2.0 : 1.0);
    });
}

}  // namespace lcn
