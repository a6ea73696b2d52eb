#include "place.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <stdexcept>

#include "bench/require.h"

namespace bench {

namespace {

void add_number(const std::string& key, double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", number);
    benchmark::AddCustomContext(key, text);
}

}  // namespace

Bench::Bench(const char* target) {
    place.queue.target = target;
    require(lcn::device_info(target, 0, info_));
    if (std::string(target) != "cuda") return;
    place.stream = &stream_.emplace();
    place.queue.stream = stream_->handle();
    try {
        place.cublas = &cublas_.emplace(*stream_);
    } catch (const std::runtime_error& error) {
        without_cublas_ = error.what();
    }
}

void Bench::add_context() const {
    benchmark::AddCustomContext("lcn_version", lcn::version());
    benchmark::AddCustomContext("device", info_.name);
    add_number("device_memory_GB", double(info_.memory_bytes) * 1e-9);
    benchmark::AddCustomContext("time", place.stream ? "of CUDA events" : "of the clock, round all launches");
    if (!without_cublas_.empty()) benchmark::AddCustomContext("no_cublas", without_cublas_);
}

void Bench::read_probes(const std::string& when) {
    if (!place.stream) return;
    place.memory = measure_memory(*stream_, place.queue);
    const double read = place.memory.read * 1e-9, fill = place.memory.fill * 1e-9;
    add_number("probe_" + when + "_read_GBps", read);
    add_number("probe_" + when + "_fill_GBps", fill);
    std::fprintf(stderr, "probe_%s: read %.0f GB/s, fill %.0f GB/s\n", when.c_str(), read, fill);
}

}  // namespace bench
