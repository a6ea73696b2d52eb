// What this machine can do at most: the speeds that a roofline is made of, measured in the process that
// measures the kernels, with as many threads.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "memory.h"

namespace bench {

// What bounds a layer: reading memory, or storing past the caches.
enum class Bandwidth { read, fill };

struct Rates {
    double bandwidth = 0;    // bytes per second
    double peak = 0;         // flop per second with the machine's widest vectors
    double target_peak = 0;  // flop per second with the vectors of a target
};

class Probes {
  public:
    // `cache`: bytes of the last-level cache.
    explicit Probes(int64_t cache);

    // Takes some milliseconds. The working set has `bytes`, or four times the last-level cache if that is
    // less. Throws std::runtime_error when a reading is absurd.
    Rates quick(int threads, const std::string& target, Bandwidth bandwidth, int64_t bytes);

    // Every rate, for some hundredths of a second each, with a name.
    std::vector<std::pair<std::string, double>> thorough(int threads);

    int64_t bytes() const { return memory_.size() * 4; }

  private:
    double memory_rate(Bandwidth bandwidth, int threads, int64_t floats, int64_t samples);

    Floats memory_;
    int64_t next_piece_ = 0;  // quick readings go round the memory, so that none finds it in a cache
};

// True when two readings differ by more than a tenth.
bool differ(double a, double b);

}  // namespace bench
