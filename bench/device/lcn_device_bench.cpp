// lcn_device_bench: how fast the layers of real models run on a GPU, without the copies to it and back.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "bench/options.h"
#include "bench/reporter.h"
#include "bench/rows.h"
#include "lcn/kernels.h"
#include "measurement.h"

namespace bench {

namespace {

constexpr int no_device = 77;  // the exit code; to ctest: skipped

void print_help() {
    std::printf(
        "lcn_device_bench times locally connected layers of real models on a GPU. A row is named\n\n"
        "  <operation>/<types>/<shape>/N<batch>/<target>/warm/threads:1\n\n"
        "and bench/README.md says how to read it. The target is that of LCN_TARGET, else cuda. The exit code "
        "is 77\n"
        "where it cannot be used, 1 when a row was wrong or none matched, 2 for wrong usage.\n\n"
        "--kernel=SYMBOL makes rows use that kernel wherever it accepts the problem, to compare tiles.\n"
        "--seconds=S skips the rows that have not begun by then.\n\n"
        "All other options are Google Benchmark's:\n\n");
    benchmark::PrintDefaultHelp();
}

const char* wanted_target() {
    const char* name = std::getenv("LCN_TARGET");
    return name && *name ? name : "cuda";
}

// Its index, or -1: no device of that name was built into the library.
int find_device(const std::string& name) {
    for (int t = 0; t < lcn::target_count(); t++)
        if (lcn::target_info(t).name == name && lcn::target_info(t).device) return t;
    return -1;
}

int run_rows(int argc, char** argv, const char* target) {
    const bool list = lists_rows(argc, argv);
    const Reports reports(argc, argv);
    const lcn::Status status = take_kernel(argc, argv);
    const std::string seconds = take_option(argc, argv, "--seconds=");
    benchmark::Initialize(&argc, argv, print_help);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    if (!status.ok()) return std::fprintf(stderr, "lcn_device_bench: %s\n", status.message), 2;

    Bench bench(target);
    if (!seconds.empty())
        bench.place.end = std::chrono::steady_clock::now() + std::chrono::seconds(std::stoi(seconds));
    const std::vector<Row> rows = device_rows(target);
    DeviceMeasurement measurement(bench.place);
    for (const Row& row : rows)
        benchmark::RegisterBenchmark(row.name().c_str(), [&](benchmark::State& state) {
            measurement(state, row);
        })->Unit(benchmark::kMillisecond);
    if (!list) {
        bench.add_context();
        bench.read_probes("before");
    }
    bool finished = list;
    const auto finish = [&] {
        if (!finished) bench.read_probes("after");
        finished = true;
    };
    std::cout << std::unitbuf;  // a row that was measured is to be seen, whatever becomes of the next one
    if (reports.run(finish) == 0) return 1;
    finish();
    return measurement.failures() ? 1 : 0;
}

int run(int argc, char** argv) {
    const char* target = wanted_target();
    const int index = find_device(target);
    if (index < 0) {
        std::fprintf(stderr, "lcn_device_bench: no device named '%s' was built into the library\n", target);
        return 2;
    }
    if (const lcn::Status status = lcn::target_status(index); !status.ok()) {
        std::fprintf(stderr, "lcn_device_bench: skipped: %s\n", status.message);
        return no_device;
    }
    return run_rows(argc, argv, target);
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    try {
        return bench::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "lcn_device_bench: %s\n", error.what());
        return 1;
    }
}
