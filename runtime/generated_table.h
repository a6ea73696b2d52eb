// Included by the one source of a library that holds its kernels: makes `generated_table` of the rows that
// the build wrote for it (lcn_write_tables in cmake/LcnKernels.cmake).
#pragma once

#include "device_target.h"
#include "kernel_table.h"

namespace lcn {

namespace {

constexpr Target generated_targets[] = {
#define LCN_TARGET(name, features, device) {#name, features, cpu_features(features), device},
#include "lcn_generated/targets.inc"
#undef LCN_TARGET
};

enum TargetIndex {
#define LCN_TARGET(name, features, device) target_##name,
#include "lcn_generated/targets.inc"
#undef LCN_TARGET
};

// Halide leaves its functions visible. A hidden declaration keeps them inside the program or library that
// links them, where another copy of lcn cannot take their place.
#pragma GCC visibility push(hidden)
extern "C" {
#define LCN_KERNEL(target, operation, types, symbol, ...) void symbol();
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
}
#pragma GCC visibility pop

// The numbers of a kernel for calls of one shape.
template <int32_t... numbers>
constexpr int32_t fixed_numbers[] = {numbers...};

constexpr Kernel generated_kernels[] = {
#define LCN_KERNEL(target, operation, types, symbol, ...) \
    {target_##target, KernelOperation::operation, #operation, #symbol, symbol, __VA_ARGS__},
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
};

enum KernelIndex {
#define LCN_KERNEL(target, operation, types, symbol, ...) kernel_##symbol,
#include "lcn_generated/kernels.inc"
#undef LCN_KERNEL
};

constexpr TunedRow generated_tuned[] = {
#define LCN_TUNED(target, operation, several, batch, rows, columns, channels, kernel_rows, kernel_columns,   \
                  filters, stride_rows, stride_columns, padding, data_format, kernel)                        \
    {{tuned_kind(Operation::operation, Padding::padding, DataFormat::data_format, several, target_##target), \
      batch, rows, columns, channels, filters, kernel_rows, kernel_columns, stride_rows, stride_columns},    \
     kernel_##kernel},
#include "lcn_generated/tuned.inc"
#undef LCN_TUNED
    {},
};
constexpr TunedPlaces tuned_places(generated_tuned);

// Made by the compiler, so that calls may come before main.
constinit KernelTable generated_table(generated_targets, generated_kernels, {generated_tuned, tuned_places});

}  // namespace

}  // namespace lcn
