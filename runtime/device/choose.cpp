#include "device/choose.h"

#include <algorithm>

#include "plan.h"

namespace lcn {

namespace {

bool holds(const Kernel& k, const DeviceShape& s) {
    if (s.rows < k.rows || (k.aligned && !s.aligned) || (k.rows_aligned && !s.rows_aligned)) return false;
    if (k.cells) return s.columns <= k.width();
    const bool interleaved = !k.aligned && k.lanes > 1 && k.group_columns > 1 &&
                             k.operation != KernelOperation::backward_input_gather;
    // See generators/tile.h: column.
    if (interleaved) return !k.parts || s.columns >= int64_t(k.width()) * k.group_columns;
    return s.columns >= k.width();
}

// Threads of a group.
int64_t threads(const Kernel& k) {
    int64_t parts = k.parts ? k.block / k.unroll : 1;
    // Those that read vectors have four parts each.
    if (k.parts && k.aligned && k.operation == KernelOperation::backward_input_gather) parts /= 4;
    return parts * k.group_rows * k.group_columns;
}

// How the tiles of a kernel cover a problem.
struct Cover {
    double groups;         // of all threads
    double column_groups;  // of one sum
    // Turns of a loop that brings a block of steps together, for each turn in which a thread sums. In cells
    // some pixels wait while a window is summed that only others have.
    double turns_by_sum = 1;
};

Cover cover(const Kernel& k, const DeviceShape& s) {
    const double row_groups = double(divide_up(s.rows, int64_t(k.rows) * k.group_rows));
    if (k.cells) {
        const int64_t cells = s.sums / s.pixels_of_row * divide_up(s.pixels_of_row, k.group_columns);
        const double windows = double(s.kernel_columns + k.group_columns - 1) / double(s.kernel_columns);
        return {double(cells) * row_groups, 1, k.parts ? 1 : windows};
    }
    const double column_groups = double(divide_up(s.columns, int64_t(k.width()) * k.group_columns));
    // For one image a thread goes through all groups of columns.
    return {double(s.sums) * row_groups * (k.single ? 1 : column_groups), column_groups};
}

// How long a kernel takes, in multiply-adds of a warp. Its threads issue those of their tiles and reads,
// which cost more: of shared memory, for each step of a tile, and of memory, where four elements that are
// read one by one are four reads. What all warps issue counts once, with what it takes to begin a group, and
// for `unhurried` warps again, with the waiting for memory in every turn: so many a large GPU has at work
// before any waits for another, and a kernel with fewer is as slow as its threads. The numbers are fitted to
// some 3000 timings of 100 kernels on an H200 (2026-11-28): the mean choice takes 1.02 times as long as the
// best kernel.
double cost(const Kernel& k, const DeviceShape& s) {
    constexpr double of_shared_memory = 0.83, of_memory = 33, of_turn = 68, of_group = 184, wait = 400,
                     unhurried = 500;
    const Cover c = cover(k, s);
    const double group_rows = double(k.rows) * k.group_rows;
    const double group_columns = double(k.width()) * k.group_columns;
    const bool reads_vectors =
        k.rows_aligned || (k.aligned && k.operation == KernelOperation::backward_input_gather);
    const double column_reads = k.aligned ? 0.25 : 1.0, row_reads = reads_vectors ? 0.25 : 1.0;
    const double tile = double(k.rows) * k.width();
    double sums = tile, reads;
    if (k.parts) {
        reads = of_memory * (k.rows + k.width() * column_reads);
    } else {
        sums += of_shared_memory * (k.rows + k.width());
        reads = of_memory * (group_rows * row_reads + group_columns * column_reads) / double(threads(k));
    }
    const double turns = double(divide_up(s.steps, k.block)), steps = k.parts ? k.unroll : k.block;
    double issued = turns * (steps * (sums + c.turns_by_sum * reads) + c.turns_by_sum * of_turn);
    if (k.operation == KernelOperation::backward_weights) issued += 8 * tile;  // more is written
    if (k.single) issued *= c.column_groups;
    return c.groups * (issued * double(divide_up(threads(k), 32)) + of_group) +
           unhurried * (issued + c.turns_by_sum * turns * wait);
}

const Kernel* choose_tile(const Kernels& kernels, KernelOperation operation, const DeviceShape& s,
                          bool parts) {
    return choose(kernels, operation, [&](const Kernel& k) {
        // Where a thread sums few scalars, the compiler multiplies and then adds; vectors it does in one
        // operation. A layer has one or the other, for all batches and alignments of memory.
        const bool scalar = k.width() < 4 && (k.cells || !k.aligned);
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
    // The gradients of one image are products, written as they are; but through shared memory it is faster
    // where many filters are no multiple of four, and where few positions leave threads idle that each go
    // through all filters. A sum has no negative zeros, so where memory lies must not decide.
    const bool through_shared_memory = s.sums < 32 || (s.columns % 4 != 0 && s.columns >= 32);
    const bool single = !accumulate && s.steps == 1 && !through_shared_memory;
    return choose(kernels, KernelOperation::backward_weights, [&](const Kernel& k) {
        if (!holds(k, s) || k.accumulate != accumulate || k.single != single) return -1.0;
        // An element belongs to one thread alone.
        if (accumulate && (s.rows % k.rows != 0 || s.columns % k.width() != 0)) return -1.0;
        return cost(k, s);
    });
}

}  // namespace lcn
