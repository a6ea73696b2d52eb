// lcn_overhead_bench: what a call of the smallest layers costs besides their kernels, and whether it
// allocates.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "allocations.h"
#include "idle_kernels.h"
#include "lcn/tuning.h"
#include "require.h"
#include "run_rows.h"
#include "runtime/passes.h"
#include "timing.h"
#include "workload.h"

namespace bench {

namespace {

using lcn::Operation;

constexpr Operation operations[] = {Operation::forward, Operation::backward_input,
                                    Operation::backward_weights};
const char* const smallest[] = {"lagan_G3", "calo0_G2", "deepid_conv4"};

// The passes with kernels that do nothing.
const Functions idle = {
    lcn::workspace_bytes,
    [](const lcn::Problem& p, const float* input, const float* kernel, float* output, lcn::Workspace w) {
        return lcn::forward(idle_kernels(), p, input, kernel, nullptr, output, nullptr, w);
    },
    [](const lcn::Problem& p, const float* output_gradient, const float* kernel, float* input_gradient,
       lcn::Workspace w) {
        return lcn::backward_input(idle_kernels(), p, output_gradient, kernel, input_gradient, w);
    },
    [](const lcn::Problem& p, const float* input, const float* output_gradient, float* kernel_gradient,
       lcn::Workspace w) {
        return lcn::backward_weights(idle_kernels(), p, input, output_gradient, kernel_gradient, nullptr,
                                     lcn::Update::overwrite, w);
    },
};

double nanoseconds_per_call(Workload& workload) {
    constexpr int calls = 100;
    const double seconds = seconds_of([&] {
        for (int k = 0; k < calls; k++) require(workload.run());
    });
    return seconds / calls * 1e9;
}

void no_tasks(void*, int, void (*)(void*, int), void*) {}

// Workloads take the workspace that the number of threads needs.
const Row& with_threads(int threads, const Row& row) {
    require(lcn::set_threads(threads));
    return row;
}

// Calls that cut their work for two threads, which nobody then does: dispatch, checks and the plan remain.
double nanoseconds_of_dispatch(Workload& workload) {
    require(lcn::set_threads(2));
    lcn::set_parallel_for(no_tasks, nullptr);
    const double result = nanoseconds_per_call(workload);
    lcn::set_parallel_for(nullptr, nullptr);
    require(lcn::set_threads(1));
    return result;
}

// The same under a tuning of 1,000 entries, all of which say that the usual choice is the best: one is for
// the row's problem, or for one near it.
double nanoseconds_of_tuned_dispatch(Workload& workload, bool exact) {
    std::vector<lcn::TuningEntry> entries(1000);
    for (int k = 0; k < 1000; k++) {
        lcn::TuningEntry& e = entries[size_t(k)];
        e.operation = workload.row.operation, e.problem = workload.problem;
        e.threads = exact ? 2 : 3, e.target = workload.row.target;
        e.problem.input_rows += k;
    }
    require(lcn::set_tuning(entries.data(), 1000));
    const double result = nanoseconds_of_dispatch(workload);
    require(lcn::set_tuning(nullptr, 0));
    return result;
}

void measure(benchmark::State& state, const Row& row) {
    Workload handed_out(with_threads(2, row), 0);
    Workload real(with_threads(1, row), 0), without_kernels(row, 0, idle);
    const int64_t idle_before = idle_calls();
    require(without_kernels.run());
    const int64_t kernel_calls = idle_calls() - idle_before;
    require(real.run());

    std::vector<double> calls, runtime, dispatch, tuned, nearest;
    int64_t allocated = 0;
    for (auto _ : state) {
        const int64_t before = allocations();
        const double call = nanoseconds_per_call(real), idle_call = nanoseconds_per_call(without_kernels);
        allocated += allocations() - before;
        calls.push_back(call);
        runtime.push_back(idle_call);
        dispatch.push_back(nanoseconds_of_dispatch(handed_out));
        tuned.push_back(nanoseconds_of_tuned_dispatch(handed_out, true));
        nearest.push_back(nanoseconds_of_tuned_dispatch(handed_out, false));
    }
    state.counters["call_ns"] = median(calls);
    state.counters["runtime_ns"] = median(runtime);
    state.counters["dispatch_ns"] = median(dispatch);
    state.counters["tuned_dispatch_ns"] = median(tuned);
    state.counters["nearest_dispatch_ns"] = median(nearest);
    state.counters["kernel_calls"] = double(kernel_calls);
    state.counters["allocations"] = double(allocated);
}

void add_rows(const char* target) {
    for (const Operation operation : operations)
        for (const char* id : smallest)
            for (const Shape& shape : shapes) {
                if (std::strcmp(shape.id, id) != 0) continue;
                const Row row{operation, &shape, 1, target, false, 1};
                benchmark::RegisterBenchmark(("overhead/" + row.name()).c_str(), [row](benchmark::State& s) {
                    try {
                        measure(s, row);
                    } catch (const std::exception& error) {
                        failures++;
                        s.SkipWithError(error.what());
                    }
                })->Unit(benchmark::kMillisecond);
            }
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    return bench::run_rows(argc, argv, bench::add_rows);
}
