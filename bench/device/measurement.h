// One row on a device: prepared, checked, timed.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>

#include "matrix_products.h"
#include "place.h"
#include "tensors.h"

namespace bench {

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
