// The JSON report, with the probes' values of before and after the run in its context block.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <vector>

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

}  // namespace bench
