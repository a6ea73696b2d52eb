// The main function of a benchmark whose rows are registered by code.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdio>

#include "lcn/lcn.h"

namespace bench {

inline int failures = 0;  // rows that were wrong

// Registers the rows of the target that the library uses, by add_rows(target), and runs those that the
// arguments choose. The exit code: 0, 1 when a row failed or none matched, 2 for an unknown argument.
template <typename AddRows>
int run_rows(int argc, char** argv, AddRows&& add_rows) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    const char* target = nullptr;
    if (const lcn::Status status = lcn::target(target); !status.ok()) return std::puts(status.message), 1;
    add_rows(target);
    return benchmark::RunSpecifiedBenchmarks() > 0 && !failures ? 0 : 1;
}

}  // namespace bench
