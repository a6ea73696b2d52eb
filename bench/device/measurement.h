// One row on a device: prepared, checked, timed.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "bench/workload.h"
#include "lcn/device.h"
#include "matrix_products.h"
#include "memory_rates.h"

namespace bench {

// Where rows run, and what they are compared with.
struct Place {
    lcn::Queue queue;
    CudaStream* stream = nullptr;    // null: not CUDA; time is the clock's, and nothing is compared
    const Cublas* cublas = nullptr;  // null: there is none
    MemoryRates memory;              // 0: not known
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max();
};

// The tensors of a row in the memory of a device.
class DeviceTensors {
  public:
    explicit DeviceTensors(const lcn::Queue& queue)
        : queue_(queue), input_(queue), weights_(queue), output_(queue) {}

    // As Workload made them.
    lcn::Status copy_in(const Workload& workload);
    lcn::Status run(const Workload& workload) const;
    lcn::Status copy_result_out(Workload& workload) const;

  private:
    lcn::Queue queue_;
    lcn::DeviceBuffer input_, weights_, output_;
};

class DeviceMeasurement {
  public:
    explicit DeviceMeasurement(const Place& place) : place_(place) {}

    // As Measurement does.
    void operator()(benchmark::State& state, const Row& row);

    int failures() const { return failures_; }  // rows with a wrong answer or an error

  private:
    void prepare(const Row& row);
    void prepare_products(const Row& row);
    void time(benchmark::State& state, const Row& row);
    double seconds(int launches, const std::function<void()>& launch);

    const Place& place_;
    const Row* prepared_ = nullptr;
    std::unique_ptr<Workload> workload_;
    std::unique_ptr<DeviceTensors> tensors_;
    std::unique_ptr<MatrixProducts> products_;  // null: none
    std::string problem_;                       // why the row cannot be timed
    std::string label_;                         // symbols that ran, and what a figure lacks
    int failures_ = 0;
};

}  // namespace bench
