#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "tuning_file.h"

namespace lcn::tool {

// How far a search is.
struct Progress {
    const char* phase;  // checking, timing, comparing
    int done, of;       // candidates checked, rounds
    int candidates;     // in the race
    double best_gain;   // how many times as fast as the choice in force; 1: none is faster so far
    std::string best;   // its symbol
};

struct TunerSettings {
    layer::Rigor rigor = layer::Rigor::measure;
    int64_t seed = 1;
    bool reorders = false;   // kernels with another order of summation are candidates too
    int64_t ring_bytes = 0;  // of the copies of the weights; 0: the weights stay warm
    std::function<void(const Progress&)> progress = [](const Progress&) {};
    std::function<void(const std::string&)> warn = [](const std::string&) {};  // of kernels left out
    std::function<bool()> stop = [] { return false; };
};

// settings.stop() said so.
struct Stopped : std::exception {};

// The symbol of the kernel that the cost model chooses, with the present target and threads, whatever tuning
// there is.
std::string cost_model_choice(const Problem& problem, Operation operation);

// Finds the fastest kernel for the operation on the problem, with the present target and threads, among those
// that would do most of its work. `in_force`: the symbol that is compared with, "" for the cost model's
// choice; it stays unless another one's gain exceeds the spread. No tuning may be set. A kernel whose result
// is not what it has to be is left out. Throws std::runtime_error when the usual choice is wrong, or a call
// writes where it must not.
layer::TunedRow tune_problem(const Problem& problem, Operation operation, const std::string& in_force,
                             const TunerSettings& settings);

}  // namespace lcn::tool
