// The JSON report, with the probes' values of before and after the run in its context block.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <vector>

#include "options.h"

namespace bench {

// Holds everything back until the end, when `finish` has added to the context.
class JsonReporter : public benchmark::JSONReporter {
  public:
    explicit JsonReporter(std::function<void()> finish) : finish_(std::move(finish)) {}

    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        runs_.insert(runs_.end(), runs.begin(), runs.end());
    }
    void Finalize() override {
        finish_();
        JSONReporter::ReportContext({});
        JSONReporter::ReportRuns(runs_);
        JSONReporter::Finalize();
    }

  private:
    std::function<void()> finish_;
    std::vector<Run> runs_;
};

// Where the report goes.
class Reports {
  public:
    // Before Google Benchmark takes its arguments off the command line.
    Reports(int argc, char** argv) {
        const std::string file_format = option(argc, argv, "--benchmark_out_format=");
        json_file_ =
            option(argc, argv, "--benchmark_out=") != "" && (file_format == "" || file_format == "json");
        json_display_ = option(argc, argv, "--benchmark_format=") == "json";
    }

    // Runs the rows that the arguments choose; `finish` adds to the context when all have run, and may be
    // called more than once. Returns how many there were.
    size_t run(const std::function<void()>& finish) const {
        JsonReporter display(finish), file(finish);
        return benchmark::RunSpecifiedBenchmarks(json_display_ ? &display : nullptr,
                                                 json_file_ ? &file : nullptr);
    }

  private:
    bool json_file_, json_display_;
};

}  // namespace bench
