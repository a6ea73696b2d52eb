#include "memory_rates.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "bench/require.h"
#include "bench/timing.h"
#include "probe_kernels.h"

namespace bench {

namespace {

constexpr int threads_of_block = 256, blocks_of_multiprocessor = 8, bytes_of_turn = 64;

template <typename Launch>
double median_seconds(CudaStream& stream, Launch&& launch) {
    constexpr int launches = 5, timings = 9;
    std::vector<double> times;
    launch();
    for (int k = 0; k < timings; k++)
        times.push_back(stream.seconds([&] {
            for (int l = 0; l < launches; l++) launch();
        }) / launches);
    return median(times);
}

}  // namespace

MemoryRates measure_memory(CudaStream& stream, const lcn::Queue& queue) {
    lcn::DeviceInfo info;
    require(lcn::device_info(queue.target, queue.device, info));
    const int blocks = stream.multiprocessors() * blocks_of_multiprocessor;
    const int64_t threads = int64_t(blocks) * threads_of_block;
    const int64_t wanted = std::min<int64_t>(int64_t(2) << 30, info.memory_bytes / 4);
    const unsigned turns = unsigned(wanted / (threads * bytes_of_turn));
    const int64_t bytes = threads * bytes_of_turn * turns;

    lcn::DeviceBuffer data(queue), sums(queue);
    require(data.allocate(bytes));
    require(sums.allocate(threads * 4));
    const lcn::DeviceMemory data_at = data.memory(), sums_at = sums.memory();
    const float value = 1.0f;
    void* const read = stream.function(probe_kernels, "read");
    void* const fill = stream.function(probe_kernels, "fill");

    MemoryRates rates;
    rates.fill = double(bytes) / median_seconds(stream, [&] {
                     stream.launch(fill, blocks, threads_of_block, {&data_at, &value, &turns});
                 });
    rates.read = double(bytes) / median_seconds(stream, [&] {
                     stream.launch(read, blocks, threads_of_block, {&data_at, &sums_at, &turns});
                 });
    std::vector<float> found(static_cast<size_t>(threads));
    require(lcn::copy_out(queue, found.data(), sums_at, threads * 4));
    double total = 0;
    for (const float sum : found) total += sum;
    if (total != double(bytes / 4)) throw std::runtime_error("the probe did not read what it had filled in");
    return rates;
}

}  // namespace bench
