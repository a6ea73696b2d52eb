#include "measure.h"

#include <chrono>
#include <exception>

#include "check.h"
#include "figures.h"
#include "kernels_ran.h"
#include "lcn/kernels.h"
#include "machine.h"
#include "require.h"

namespace bench {

namespace {

// What a call has resident at most besides its tensors, in a workspace that it touches first. The threads and
// the code are there already, from the call before.
int64_t extra_memory(Workload& workload) {
    const FreshPages workspace(workload.workspace_bytes());
    const ResidentMemory memory;
    require(workload.run({workspace.data(), workload.workspace_bytes()}));
    return memory.growth();
}

double median_rate(const std::vector<Rates>& readings, double Rates::*rate) {
    std::vector<double> values;
    for (const Rates& r : readings) values.push_back(r.*rate);
    return median(values);
}

void report(benchmark::State& state, const Row& row, const std::vector<double>& times,
            const std::vector<Rates>& readings) {
    const Work work(row);
    const double time = median(times), bandwidth = median_rate(readings, &Rates::bandwidth);
    const Rates &first = readings.front(), &last = readings.back();

    report_times(state, row, times);
    state.counters["roofline"] = work.floor(median_rate(readings, &Rates::peak), bandwidth) / time;
    state.counters["roofline_target"] =
        work.floor(median_rate(readings, &Rates::target_peak), bandwidth) / time;
    state.counters["dirty"] = differ(first.peak, last.peak) || differ(first.bandwidth, last.bandwidth);
}

}  // namespace

void Measurement::prepare(const Row& row) {
    workload_.reset();
    prepared_ = &row;
    problem_ = skipped_for_memory(Workload::bytes(row, cache_));
    if (!problem_.empty()) return;
    try {
        require(lcn::set_target(row.target));
        require(lcn::set_threads(row.threads));
        workload_ = std::make_unique<Workload>(row, cache_);
        lcn::forget_kernels_ran();
        require(workload_->run());
        kernels_ = kernels_that_ran(row);
        problem_ = check(*workload_);
        extra_memory_ = extra_memory(*workload_);
    } catch (const std::exception& error) {
        problem_ = error.what();
    }
    if (problem_.empty()) return;
    failures_++;
    workload_.reset();
}

void Measurement::operator()(benchmark::State& state, const Row& row) {
    if (prepared_ != &row) prepare(row);
    if (!problem_.empty()) return state.SkipWithError(problem_.c_str());
    try {
        time(state, row);
        if (extra_memory_ >= 0) state.counters["extra_memory_bytes"] = double(extra_memory_);
        state.SetLabel(kernels_);
    } catch (const std::exception& error) {
        failures_++;
        state.SkipWithError(error.what());
    }
}

void Measurement::time(benchmark::State& state, const Row& row) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds between_readings(30);
    std::vector<double> times;
    times.reserve(size_t(state.max_iterations));
    std::vector<Rates> readings;
    Clock::time_point next_reading;
    const auto read_probes = [&] {
        // Warm data sits in the cache that holds a working set of its size; the probe may have driven it out.
        const int64_t bytes = row.cold ? probes_.bytes() : int64_t(Work(row).bytes);
        readings.push_back(probes_.quick(row.threads, row.target, bandwidth_of(row), bytes));
        if (!row.cold) require(workload_->run());
        next_reading = Clock::now() + between_readings;
    };
    read_probes();
    for (auto _ : state) {
        const Clock::time_point start = Clock::now();
        require(workload_->run());
        const Clock::time_point end = Clock::now();
        times.push_back(std::chrono::duration<double>(end - start).count());
        if (end < next_reading) continue;
        state.PauseTiming();
        read_probes();
        state.ResumeTiming();
    }
    read_probes();
    report(state, row, times, readings);
}

}  // namespace bench
