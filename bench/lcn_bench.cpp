// lcn_bench: how fast the layers of real models run, as a fraction of what this machine could do at most.
#include <cstdio>
#include <cstring>
#include <exception>
#include <set>
#include <string>

#include "lcn/kernels.h"
#include "lcn/lcn.h"
#include "machine.h"
#include "measure.h"
#include "options.h"
#include "reporter.h"
#include "rows.h"

namespace bench {

namespace {

void print_help() {
    std::printf(
        "lcn_bench times locally connected layers of real models. A row is named\n\n"
        "  <operation>/<types>/<shape>/N<batch>/<target>/<cold|warm>/threads:<t>\n\n"
        "and bench/README.md says how to read it. Without --benchmark_filter the rows of the target that "
        "the\n"
        "library uses (LCN_TARGET, else the machine's best) with cold weights and one thread run; a filter "
        "chooses\n"
        "among all rows, --benchmark_filter=all runs every one. --benchmark_list_tests lists what would "
        "run.\n\n"
        "--kernel=SYMBOL makes rows use that kernel wherever it accepts the problem, to compare tiles.\n\n"
        "All other options are Google Benchmark's:\n\n");
    benchmark::PrintDefaultHelp();
}

// Reads all probes and adds them to the context block as `when`/name.
void add_readings(Probes& probes, const std::set<int>& threads, const char* when) {
    for (int t : threads)
        for (const auto& [name, value] : probes.thorough(t)) {
            char text[32];
            std::snprintf(text, sizeof text, "%.1f", value);
            benchmark::AddCustomContext("probe_" + std::string(when) + "_" + name, text);
            if (std::strcmp(when, "after") == 0)
                std::fprintf(stderr, "probe_after_%s: %s\n", name.c_str(), text);
        }
}

int run(int argc, char** argv) {
    const bool list = lists_rows(argc, argv);
    const Reports reports(argc, argv);
    if (const lcn::Status status = take_kernel(argc, argv); !status.ok()) {
        std::fprintf(stderr, "lcn_bench: %s\n", status.message);
        return 2;
    }
    benchmark::Initialize(&argc, argv, print_help);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;

    const char* target = nullptr;
    if (const lcn::Status status = lcn::target(target); !status.ok()) {
        std::fprintf(stderr, "lcn_bench: %s\n", status.message);
        return 1;
    }
    if (benchmark::GetBenchmarkFilter().empty()) benchmark::SetBenchmarkFilter(usual_rows(target));

    const int64_t cache = last_level_cache();
    if (!cache) {
        std::fprintf(stderr, "lcn_bench: the system does not say how large the last-level cache is\n");
        return 1;
    }
    const std::set<int> threads{1, lcn::threads()};
    const std::vector<Row> rows = all_rows(lcn::threads());
    Probes probes(list ? 0 : cache);
    Measurement measurement(probes, cache);
    for (const Row& row : rows)
        benchmark::RegisterBenchmark(row.name().c_str(), [&](benchmark::State& state) {
            measurement(state, row);
        })->Unit(benchmark::kMillisecond);

    if (!list) {
        benchmark::AddCustomContext("lcn_version", lcn::version());
        benchmark::AddCustomContext("processor", processor_name());
        benchmark::AddCustomContext("all_threads", std::to_string(lcn::threads()));
        benchmark::AddCustomContext("last_level_cache_bytes", std::to_string(cache));
        add_readings(probes, threads, "before");
    }
    bool finished = list;
    const auto finish = [&] {
        if (!finished) add_readings(probes, threads, "after");
        finished = true;
    };
    if (reports.run(finish) == 0) return 1;
    finish();
    return measurement.failures() ? 1 : 0;
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    try {
        return bench::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "lcn_bench: %s\n", error.what());
        return 1;
    }
}
