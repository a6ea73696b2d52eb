// lcn_autoscheduled_bench: lcn and a kernel that one of Halide's autoschedulers made take turns on one row,
// cold weights and one thread. Both are checked before they are timed. Prints one line of JSON.
//
//   lcn_autoscheduled_bench LIBRARY OPERATION SHAPE BATCH [--quick]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/autoscheduled/kernel.h"
#include "bench/check.h"
#include "bench/kernels_ran.h"
#include "bench/machine.h"
#include "bench/require.h"
#include "bench/timing.h"
#include "bench/workload.h"
#include "lcn/kernels.h"

namespace bench {

namespace {

using lcn::Operation;

constexpr double turn_seconds = 0.02;  // or one call, if that takes longer
constexpr double least_seconds = 0.5;  // of each, and
constexpr int least_turns = 5;         // but
constexpr double most_seconds = 10;    // of both together

Kernel* kernel = nullptr;  // what the functions below call

lcn::Status done(int code) {
    if (code) throw std::runtime_error("the kernel returned " + std::to_string(code));
    return {};
}

const Functions autoscheduled = {
    [](const lcn::Problem&, Operation, int64_t& bytes) {
        bytes = 0;
        return lcn::Status();
    },
    [](const lcn::Problem&, const float* input, const float* weights, float* output, lcn::Workspace) {
        return done((*kernel)(input, weights, output));
    },
    [](const lcn::Problem&, const float* output_gradient, const float* weights, float* input_gradient,
       lcn::Workspace) { return done((*kernel)(output_gradient, weights, input_gradient)); },
    [](const lcn::Problem&, const float* input, const float* output_gradient, float* weights_gradient,
       lcn::Workspace) { return done((*kernel)(input, output_gradient, weights_gradient)); },
};

Row row_of(const char* operation, const char* shape, const char* batch) {
    const char* target = nullptr;
    require(lcn::target(target));
    for (const Operation one : {Operation::forward, Operation::backward_input, Operation::backward_weights})
        for (const Shape& s : shapes)
            if (std::strcmp(operation, name_of(one)) == 0 && std::strcmp(shape, s.id) == 0)
                return {one, &s, std::atoi(batch), target, true, 1};
    throw std::runtime_error(std::string("no such row: ") + operation + " " + shape);
}

void verify(Workload& workload, const char* whose) {
    require(workload.run());
    if (const std::string wrong = check(workload); !wrong.empty())
        throw std::runtime_error(whose + (": " + wrong));
}

double call(Workload& workload) {
    return seconds_of([&] { require(workload.run()); });
}

// The median of the turn's calls. A turn of short calls begins with one that does not count: it finds the
// caches as the other left them.
double turn(Workload& workload, std::vector<double>& times) {
    const double first = call(workload);
    std::vector<double> counted;
    if (first >= turn_seconds) counted = {first};
    double spent = 0;
    while (first < turn_seconds && spent < turn_seconds) {
        counted.push_back(call(workload));
        spent += counted.back();
    }
    times.insert(times.end(), counted.begin(), counted.end());
    return median(counted);
}

void report(nlohmann::json& line, const std::string& prefix, const std::vector<double>& times) {
    line[prefix + "median_ms"] = median(times) * 1e3;
    line[prefix + "min_ms"] = quantile(times, 0) * 1e3;
    line[prefix + "p90_ms"] = quantile(times, 0.9) * 1e3;
}

double sum(const std::vector<double>& times) {
    double total = 0;
    for (const double time : times) total += time;
    return total;
}

nlohmann::json measure(const std::string& library, const Row& row, bool quick) {
    require(lcn::set_threads(1));
    const int64_t cache = last_level_cache();
    if (const std::string skipped = skipped_for_memory(2 * Workload::bytes(row, cache)); !skipped.empty())
        throw std::runtime_error(skipped);
    Kernel loaded(library, row);
    kernel = &loaded;
    Workload ours(row, cache), theirs(row, cache, autoscheduled);
    lcn::forget_kernels_ran();
    verify(ours, "lcn");
    verify(theirs, "autoscheduled");

    std::vector<double> our_times, their_times, ratios;
    const auto enough = [&] {
        const double our_seconds = sum(our_times), their_seconds = sum(their_times);
        if (ratios.empty()) return false;
        if (quick || our_seconds + their_seconds > most_seconds) return true;
        return int(ratios.size()) >= least_turns && std::min(our_seconds, their_seconds) > least_seconds;
    };
    while (!enough()) {
        const double our_time = turn(ours, our_times);
        ratios.push_back(turn(theirs, their_times) / our_time);
    }
    nlohmann::json line;
    report(line, "", their_times);
    report(line, "lcn_", our_times);
    line["ratio"] = median(ratios);
    line["turns"] = ratios.size();
    line["target"] = row.target;
    line["lcn"] = lcn::version();
    line["kernels"] = kernels_that_ran(row);
    return line;
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    const bool quick = argc == 6 && std::strcmp(argv[5], "--quick") == 0;
    if (argc != 5 && !quick)
        return std::fputs("usage: lcn_autoscheduled_bench LIBRARY OPERATION SHAPE BATCH [--quick]\n", stderr),
               2;
    try {
        std::puts(bench::measure(argv[1], bench::row_of(argv[2], argv[3], argv[4]), quick).dump().c_str());
    } catch (const std::exception& error) {
        return std::fprintf(stderr, "%s\n", error.what()), 1;
    }
}
