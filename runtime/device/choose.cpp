#include "device/choose.h"

#include <algorithm>

#include "plan.h"

namespace lcn {

namespace {

// Interleaved tiles cover the columns of a group together (generators/tile.h: column).
bool holds(const Kernel& k, const DeviceShape& s) {
    const bool interleaved =
        !k.aligned && k.lanes > 1 && k.operation != KernelOperation::backward_input_gather;
    if (s.rows < k.rows || s.columns < k.width() * (interleaved ? k.group_columns : 1)) return false;
    return (s.aligned || !k.aligned) && (s.rows_aligned || !k.rows_aligned);
}

// Threads of a group.
int64_t threads(const Kernel& k) {
    int64_t parts = k.parts ? k.block / k.unroll : 1;
    // Those that read vectors have four parts each.
    if (k.parts && k.aligned && k.operation == KernelOperation::backward_input_gather) parts /= 4;
    return parts * k.group_rows * k.group_columns;
}

// How long a kernel takes, in multiply-adds of a warp. Its threads issue those of their tiles and reads,
// which cost more: of shared memory, for each step of a tile, and of memory, where four elements that are
// read one by one are four reads. What all warps issue counts once, and for `unhurried` warps again, with the
// waiting for memory in every turn: so many a large GPU has at work before any waits for another, and a
// kernel with fewer is as slow as its threads. The numbers are fitted to some 2000 timings of 700 kernels on
// an H200.
double cost(const Kernel& k, const DeviceShape& s) {
    constexpr double of_shared_memory = 1, of_memory = 38, of_turn = 68, wait = 380, unhurried = 560;
    const int64_t group_rows = int64_t(k.rows) * k.group_rows, group_columns = k.width() * k.group_columns;
    const double row_groups = double(divide_up(s.rows, group_rows));
    const double column_groups = double(divide_up(s.columns, group_columns));
    const double column_reads = k.aligned ? 0.25 : 1.0, row_reads = k.rows_aligned ? 0.25 : 1.0;
    const double tile = double(k.rows) * k.width();
    double step = tile;
    if (k.parts)
        step += of_memory * (k.rows + k.width() * column_reads);
    else
        step += of_shared_memory * (k.rows + k.width()) +
                of_memory * (double(group_rows) * row_reads + double(group_columns) * column_reads) /
                    double(threads(k));
    const double turns = double(divide_up(s.steps, k.block));
    double issued = turns * ((k.parts ? k.unroll : k.block) * step + of_turn);
    if (k.operation == KernelOperation::backward_weights) issued += 8 * tile;  // more is written
    // For one image a thread goes through all groups of columns.
    double groups = double(s.sums) * row_groups * column_groups;
    if (k.single) groups /= column_groups, issued *= column_groups;
    return issued * groups * double(divide_up(threads(k), 32)) + unhurried * (issued + turns * wait);
}

const Kernel* choose_tile(const Kernels& kernels, KernelOperation operation, const DeviceShape& s,
                          bool parts) {
    return choose(kernels, operation, [&](const Kernel& k) {
        // Scalars alone are multiplied and then added, vectors in one operation: a layer has one or the
        // other.
        const bool scalar = !k.aligned && k.width() < 4;
        if (k.parts != parts || !holds(k, s) || scalar != (s.columns < 4)) return -1.0;
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

const Kernel* choose_backward_weights_on_device(const Kernels& kernels, const DeviceShape& s,
                                                bool accumulate) {
    return choose(kernels, KernelOperation::backward_weights, [&](const Kernel& k) {
        if (!holds(k, s) || k.accumulate != accumulate || (k.single && s.steps > 1)) return -1.0;
        // An element belongs to one thread alone.
        if (accumulate && (s.rows % k.rows != 0 || s.columns % k.width() != 0)) return -1.0;
        return cost(k, s);
    });
}

}  // namespace lcn
