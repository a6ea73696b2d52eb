#include "probes.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <latch>
#include <stdexcept>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bench {

namespace {

volatile float sink;
float opaque(float value) {
    volatile float hidden = value;
    return hidden;
}
inline void compiler_barrier() {
    asm volatile("" ::: "memory");
}

#define LCN_PROBE baseline
#define LCN_BYTES 16
#define LCN_ATTRIBUTE
#if defined(__x86_64__)
#define LCN_STREAM(p, v) _mm_stream_ps(p, v)
#else
#define LCN_STREAM(p, v) *reinterpret_cast<Vector*>(p) = v
#endif
#include "probe_loops.inc"

#if defined(__x86_64__)
#define LCN_PROBE avx2
#define LCN_BYTES 32
#define LCN_ATTRIBUTE __attribute__((target("avx2,fma")))
#define LCN_STREAM(p, v) _mm256_stream_ps(p, v)
#include "probe_loops.inc"

#define LCN_PROBE avx512
#define LCN_BYTES 64
#define LCN_ATTRIBUTE __attribute__((target("avx512f")))
#define LCN_STREAM(p, v) _mm512_stream_ps(p, v)
#include "probe_loops.inc"
#endif

// Widest first. A target's own width is the first whose name is part of the target's; the last one serves all
// others.
struct Width {
    const char* name;
    bool usable;
    int64_t lanes;
    void (*multiply_add)(int64_t steps);
    void (*read)(const float* data, int64_t count);
    void (*fill)(float* data, int64_t count);
};
const Width widths[] = {
#if defined(__x86_64__)
    {"avx512", bool(__builtin_cpu_supports("avx512f")), avx512::lanes, avx512::multiply_add, avx512::read,
     avx512::fill},
    {"avx2", __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), avx2::lanes, avx2::multiply_add,
     avx2::read, avx2::fill},
#endif
    {"baseline", true, baseline::lanes, baseline::multiply_add, baseline::read, baseline::fill},
};

const Width& widest() {
    return *std::find_if(std::begin(widths), std::end(widths), [](const Width& w) { return w.usable; });
}
const Width& width_of(const std::string& target) {
    return *std::find_if(std::begin(widths), std::end(widths) - 1, [&](const Width& w) {
        return w.usable && target.find(w.name) != std::string::npos;
    });
}

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The sum over threads of each one's median rate, in units of work per second. work(thread, sample) does
// `amount` units. Medians of many short samples are deaf to preemption and to threads that finish early.
template <typename Work>
double rate(const char* what, int threads, int64_t samples, double amount, double limit, Work work) {
    std::vector<double> medians(threads);
    std::latch ready(threads);
    const auto measure = [&](int thread) {
        std::vector<double> times(samples);
        work(thread, 0);
        ready.arrive_and_wait();
        for (int64_t i = 0; i < samples; i++) {
            const double start = seconds();
            compiler_barrier();
            work(thread, i);
            compiler_barrier();
            times[i] = seconds() - start;
        }
        std::nth_element(times.begin(), times.begin() + samples / 2, times.end());
        medians[thread] = amount / times[samples / 2];
    };
    std::vector<std::thread> team;
    for (int t = 1; t < threads; t++) team.emplace_back(measure, t);
    measure(0);
    for (std::thread& t : team) t.join();

    double sum = 0;
    for (double m : medians) {
        if (!(m > limit / 1e5 && m < limit))
            throw std::runtime_error(std::string("the ") + what + " probe read " + std::to_string(m * 1e-9) +
                                     " G per second and thread, which no machine does");
        sum += m;
    }
    return sum;
}

// No core does more: per second and thread, bytes and floating-point operations.
constexpr double most_bytes = 1e12, most_flops = 1e12;

// A sample of work: about 0.1 ms.
constexpr int64_t sample_steps = 50000, sample_floats = 1 << 20;

double multiply_add_rate(const Width& w, int threads, int64_t samples) {
    return rate("multiply-add", threads, samples, 28.0 * w.lanes * sample_steps, most_flops,
                [&](int, int64_t) { w.multiply_add(sample_steps); });
}

}  // namespace

// Slightly more than four times the cache; not zero, so that the pages exist.
Probes::Probes(int64_t cache) : memory_(cache + sample_floats) {
    std::fill_n(memory_.data(), memory_.size(), 1.f);
}

// Samples pass over each thread's share of the first `floats` of the memory, piece after piece.
double Probes::memory_rate(Bandwidth bandwidth, int threads, int64_t floats, int64_t samples) {
    const auto touch = [&, w = widest()](float* data, int64_t count) {
        bandwidth == Bandwidth::read ? w.read(data, count) : w.fill(data, count);
    };
    const int64_t share = std::max<int64_t>(1024, std::min(floats, memory_.size()) / threads / 1024 * 1024);
    const int64_t piece = std::min(share, sample_floats), pieces = share / piece,
                  times = sample_floats / piece;
    const int64_t first = next_piece_;
    next_piece_ += samples;
    return rate(bandwidth == Bandwidth::read ? "read" : "fill", threads, samples, 4.0 * piece * times,
                most_bytes, [&](int thread, int64_t sample) {
                    float* const data = memory_.data() + thread * share + (first + sample) % pieces * piece;
                    for (int64_t i = 0; i < times; i++) touch(data, piece);
                });
}

Rates Probes::quick(int threads, const std::string& target, Bandwidth bandwidth, int64_t bytes) {
    const Width &wide = widest(), &own = width_of(target);
    Rates r;
    r.bandwidth = memory_rate(bandwidth, threads, bytes / 4, 16);
    r.peak = multiply_add_rate(wide, threads, 8);
    r.target_peak = &own == &wide ? r.peak : multiply_add_rate(own, threads, 8);
    return r;
}

std::vector<std::pair<std::string, double>> Probes::thorough(int threads) {
    constexpr int64_t samples = 500;
    std::vector<std::pair<std::string, double>> readings;
    const auto add = [&](const std::string& name, double value) {
        readings.emplace_back(name + "_threads_" + std::to_string(threads), value * 1e-9);
    };
    add("read_GBps", memory_rate(Bandwidth::read, threads, memory_.size(), samples));
    add("fill_GBps", memory_rate(Bandwidth::fill, threads, memory_.size(), samples));
    for (const Width& w : widths)
        if (w.usable)
            add(std::string("multiply_add_GFLOPS_") + w.name, multiply_add_rate(w, threads, samples));
    return readings;
}

bool differ(double a, double b) {
    return std::abs(a - b) > 0.1 * std::min(a, b);
}

}  // namespace bench
