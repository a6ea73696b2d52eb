#include "measurement.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <vector>

#include "bench/check.h"
#include "bench/figures.h"
#include "bench/machine.h"
#include "bench/require.h"
#include "lcn/kernels.h"

namespace bench {

namespace {

using lcn::Operation;

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

lcn::Status DeviceTensors::copy_in(const Workload& w) {
    lcn::DeviceBuffer* const buffers[] = {&input_, &weights_, &output_};
    const Floats* const tensors[] = {&w.input, &w.weights, &w.output};
    for (int k = 0; k < 3; k++) {
        const int64_t bytes = tensors[k]->size() * 4;
        if (const lcn::Status status = buffers[k]->allocate(bytes); !status.ok()) return status;
        const lcn::Status status = lcn::copy_in(queue_, buffers[k]->memory(), tensors[k]->data(), bytes);
        if (!status.ok()) return status;
    }
    return {};
}

lcn::Status DeviceTensors::run(const Workload& w) const {
    const lcn::DeviceMemory input = input_.memory(), weights = weights_.memory(), output = output_.memory();
    switch (w.row.operation) {
        case Operation::forward:
            return lcn::forward(queue_, w.problem, input, weights, 0, output, 0);
        case Operation::backward_input:
            return lcn::backward_input(queue_, w.problem, output, weights, input);
        case Operation::backward_weights:
            return lcn::backward_weights(queue_, w.problem, input, output, weights, 0,
                                         lcn::Update::overwrite);
    }
    return {};
}

lcn::Status DeviceTensors::copy_result_out(Workload& w) const {
    const lcn::DeviceBuffer& result = w.row.operation == Operation::forward          ? output_
                                      : w.row.operation == Operation::backward_input ? input_
                                                                                     : weights_;
    return lcn::copy_out(queue_, w.result().data(), result.memory(), w.result_size() * 4);
}

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
            problem_ = std::string("skipped: ") + status.message;
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
    products_ = std::make_unique<MatrixProducts>(*place_.cublas, place_.queue, row);
    if (products_->status().ok()) return;
    label_ += std::string(" (no patches: ") + products_->status().message + ")";
    products_.reset();
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
