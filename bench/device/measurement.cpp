#include "measurement.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <vector>

#include "bench/check.h"
#include "bench/figures.h"
#include "bench/kernels_ran.h"
#include "bench/machine.h"
#include "bench/require.h"
#include "lcn/kernels.h"

namespace bench {

namespace {

// Launches between two readings of the time: enough for some milliseconds.
int launches_for(double seconds) {
    constexpr double wanted = 0.005;
    return int(std::clamp(std::ceil(wanted / seconds), 1.0, 1000.0));
}

// The smallest of some calls, the first of which warms the caches.
template <typename Seconds>
double shortest(Seconds&& seconds) {
    double least = seconds();
    for (int k = 0; k < 2; k++) least = std::min(least, seconds());
    return least;
}

}  // namespace

void DeviceMeasurement::prepare(const Row& row) {
    products_.reset();
    tensors_.reset();
    workload_.reset();
    prepared_ = &row;
    problem_ = skipped_for_memory(Workload::bytes(row, 0));
    if (!problem_.empty()) return;
    try {
        require(lcn::set_target(row.target));
        workload_ = std::make_unique<Workload>(row, 0);
        tensors_ = std::make_unique<DeviceTensors>(place_.queue);
        const lcn::Status status = tensors_->copy_in(*workload_);
        if (status.code == lcn::Code::no_device_memory) {
            problem_ = "skipped: needs " + std::to_string(Workload::bytes(row, 0) >> 20) +
                       " MB of the device's memory: " + status.message;
            return;
        }
        require(status);
        lcn::forget_kernels_ran();
        require(tensors_->run(*workload_));
        require(tensors_->copy_result_out(*workload_));
        label_ = kernels_that_ran(row);
        problem_ = check(*workload_);
        if (problem_.empty()) return prepare_products(row);
    } catch (const std::exception& error) {
        problem_ = error.what();
    }
    failures_++;
}

void DeviceMeasurement::prepare_products(const Row& row) {
    if (!place_.cublas) {
        if (place_.stream) label_ += " (no cuBLAS)";
        return;
    }
    try {
        products_ = std::make_unique<MatrixProducts>(*place_.cublas, place_.queue, row);
    } catch (const std::exception& error) {
        label_ += std::string(" (not compared: ") + error.what() + ")";
    }
}

void DeviceMeasurement::operator()(benchmark::State& state, const Row& row) {
    if (std::chrono::steady_clock::now() > place_.end)
        return state.SkipWithError("skipped: the time is over");
    if (prepared_ != &row) prepare(row);
    if (!problem_.empty()) return state.SkipWithError(problem_.c_str());
    try {
        time(state, row);
        state.SetLabel(label_);
    } catch (const std::exception& error) {
        failures_++;
        state.SkipWithError(error.what());
    }
}

double DeviceMeasurement::seconds(int launches, const std::function<void()>& launch) {
    const auto all = [&] {
        for (int k = 0; k < launches; k++) launch();
    };
    if (place_.stream) return place_.stream->seconds(all) / launches;
    return seconds_of([&] {
               all();
               require(lcn::synchronize(place_.queue));
           }) /
           launches;
}

void DeviceMeasurement::time(benchmark::State& state, const Row& row) {
    const auto launch = [&] { require(tensors_->run(*workload_)); };
    const auto launch_products = [&] { products_->run(); };
    const int launches = launches_for(shortest([&] { return seconds(1, launch); }));
    const int of_products =
        products_ ? launches_for(shortest([&] { return seconds(1, launch_products); })) : 0;
    std::vector<double> times, times_of_products;
    while (state.KeepRunningBatch(launches)) {
        times.push_back(seconds(launches, launch));
        if (!products_) continue;
        state.PauseTiming();
        times_of_products.push_back(seconds(of_products, launch_products));
        state.ResumeTiming();
    }

    report_times(state, row, times);
    const double rate = Work(row).bytes / median(times);
    if (bandwidth_of(row) == Bandwidth::fill && place_.memory.fill)
        state.counters["of_fill"] = rate / place_.memory.fill;
    else if (place_.memory.read)
        state.counters["of_read"] = rate / place_.memory.read;
    if (!products_) return;
    state.counters["cublas_ms"] = median(times_of_products) * 1e3;
    state.counters["of_cublas"] = median(times_of_products) / median(times);
}

}  // namespace bench
