// The figures that every row has.
#pragma once

#include <benchmark/benchmark.h>

#include <vector>

#include "roofline.h"
#include "timing.h"

namespace bench {

// Of the seconds that the calls of a row took.
inline void report_times(benchmark::State& state, const Row& row, const std::vector<double>& times) {
    const Work work(row);
    const double time = median(times);
    state.counters["GFLOPS"] = work.flops / time * 1e-9;
    state.counters["GBps"] = work.bytes / time * 1e-9;
    state.counters["inside"] = inside_image(*row.shape);
    state.counters["median_ms"] = time * 1e3;
    state.counters["min_ms"] = quantile(times, 0) * 1e3;
    state.counters["p90_ms"] = quantile(times, 0.9) * 1e3;
}

}  // namespace bench
