// lcn_scaling_bench: what more threads gain, also more than there are processors, and what a position costs
// in small and large images. Calls with one and with several threads take turns; a row is timed only if
// both are right and have the same bits.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "check.h"
#include "machine.h"
#include "require.h"
#include "run_rows.h"
#include "timing.h"
#include "workload.h"

namespace bench {

namespace {

using lcn::Operation;

constexpr Operation operations[] = {Operation::forward, Operation::backward_input,
                                    Operation::backward_weights};

// Many positions; stride 2; one position, whose filters are cut.
const char* const threaded[] = {"keras_doc_2", "deepface_L5", "alltnn_5"};
constexpr int thread_counts[] = {1, 2, 4, 8};

// 3x3 windows of 8 channels and 16 filters, in larger and larger images.
constexpr Shape growing[] = {
    {"positions_100", 12, 12, 8, 3, 3, 1, 1, valid, 16, {1, 32}, trained},
    {"positions_1000", 27, 42, 8, 3, 3, 1, 1, valid, 16, {1, 32}, trained},
    {"positions_10000", 102, 102, 8, 3, 3, 1, 1, valid, 16, {1, 32}, trained},
    {"positions_100000", 252, 402, 8, 3, 3, 1, 1, valid, 16, {1, 32}, trained},
};

// A row's calls with its number of threads. The first one has been made.
class Calls {
  public:
    Calls(const Row& row, int64_t cache) : workload_(ready(row), cache) { require(workload_.run()); }

    double milliseconds() {
        ready(workload_.row);
        return seconds_of([&] { require(workload_.run()); }) * 1e3;
    }

    const Workload& workload() const { return workload_; }

  private:
    static const Row& ready(const Row& row) {
        require(lcn::set_threads(row.threads));
        return row;
    }

    Workload workload_;
};

// Google Benchmark calls a row several times: its tensors stay until another row needs the memory.
class Pair {
  public:
    void prepare(const Row& row, int64_t cache) {
        Row alone = row;
        alone.threads = 1;
        if (!one_ || one_->workload().row.name() != alone.name()) {
            several_.reset();
            one_.reset();
            one_ = std::make_unique<Calls>(alone, cache);
            if (const std::string wrong = check(one_->workload()); !wrong.empty()) fail(wrong);
            const float* result = one_->workload().result().data();
            first_result_.assign(result, result + one_->workload().result_size());
        }
        if (several_ && several_->workload().row.name() == row.name()) return;
        several_.reset();
        several_ = std::make_unique<Calls>(row, cache);
        if (std::memcmp(first_result_.data(), several_->workload().result().data(),
                        first_result_.size() * 4) != 0)
            fail("the bits depend on the number of threads");
    }

    Calls& one() { return *one_; }
    Calls& several() { return *several_; }

  private:
    [[noreturn]] void fail(const std::string& reason) {
        one_.reset();
        several_.reset();
        throw std::runtime_error(reason);
    }

    std::unique_ptr<Calls> one_, several_;
    std::vector<float> first_result_;  // later calls use other copies of the weights
} pair;

void take_turns(benchmark::State& state, const Row& row, int64_t cache) {
    pair.prepare(row, cache);
    std::vector<double> times, speedups;
    for (auto _ : state) {
        const double time_alone = pair.one().milliseconds();
        times.push_back(pair.several().milliseconds());
        speedups.push_back(time_alone / times.back());
    }
    state.counters["median_ms"] = median(times);
    state.counters["min_ms"] = quantile(times, 0);
    state.counters["p90_ms"] = quantile(times, 0.9);
    state.counters["speedup"] = median(speedups);
    state.counters["ns_per_position"] = median(times) * 1e6 / double(row.shape->positions());
}

void add_row(const Row& row, int64_t cache) {
    benchmark::RegisterBenchmark(("scaling/" + row.name()).c_str(), [row, cache](benchmark::State& state) {
        // The tensors of two rows, and a result.
        const std::string skipped = skipped_for_memory(3 * Workload::bytes(row, cache));
        if (!skipped.empty()) return state.SkipWithError(skipped.c_str());
        try {
            take_turns(state, row, cache);
        } catch (const std::exception& error) {
            failures++;
            state.SkipWithError(error.what());
        }
    })->Unit(benchmark::kMillisecond);
}

void add_rows(const char* target, int64_t cache) {
    for (const Operation operation : operations) {
        for (const char* id : threaded)
            for (const Shape& shape : shapes)
                for (const int batch : {1, 32})
                    for (const int threads : thread_counts)
                        if (std::strcmp(shape.id, id) == 0)
                            add_row({operation, &shape, batch, target, true, threads}, cache);
        for (const Shape& shape : growing)
            for (const int batch : {1, 32}) add_row({operation, &shape, batch, target, true, 1}, cache);
    }
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    return bench::run_rows(argc, argv,
                           [](const char* target) { bench::add_rows(target, bench::last_level_cache()); });
}
