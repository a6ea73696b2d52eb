// One row: prepared, checked, timed.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "probes.h"
#include "workload.h"

namespace bench {

class Measurement {
  public:
    // `cache`: bytes of the last-level cache.
    Measurement(Probes& probes, int64_t cache) : probes_(probes), cache_(cache) {}

    // Google Benchmark calls this several times per row, until it has run for long enough; the row stays
    // prepared until another one is measured.
    void operator()(benchmark::State& state, const Row& row);

    int failures() const { return failures_; }  // rows with a wrong answer or an error

  private:
    void prepare(const Row& row);
    void time(benchmark::State& state, const Row& row);

    Probes& probes_;
    const int64_t cache_;
    const Row* prepared_ = nullptr;
    std::unique_ptr<Workload> workload_;  // null: there is a problem
    std::string problem_;                 // why the row cannot be timed
    std::string kernels_;                 // symbols that ran
    int64_t extra_memory_ = 0;            // bytes
    int failures_ = 0;
};

}  // namespace bench
