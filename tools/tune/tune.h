#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels_ran.h"

namespace lcn::tool {

struct TuneOptions {
    std::vector<std::string> shapes;      // as tune/problems.h reads them
    bool suite = false;                   // every line of the suite
    std::vector<int64_t> batches;         // instead of the shapes' own
    std::vector<std::string> operations;  // empty: all that are worth it
    std::string rigor = "measure";        // estimate, measure, patient
    double time_limit = 0;                // seconds; 0: none
    int64_t seed = 1;
    bool reorders = false, again = false, as_json = false;
    std::string command;   // that these options are of
    bool untuned = false;  // compare with the cost model's choices, whatever table or tuning there is
    std::string output = "lcn_tuning.json";
    RunOptions run;

    // Another machine: the command that starts a program there, the program, and how many seconds it may
    // take for a result.
    std::string runner, program;
    double answer_limit = 3600;
};

// `lcn tune`: tunes problem by problem and writes the file after each; what the file has from the same
// machine, with the same rigor or more, is not measured again. Returns the exit code: 0 also when the time
// was up, 130 after Ctrl-C.
int tune(const TuneOptions& options);

// `lcn info --explain`: which kernel calls would use for these shapes, and why.
void explain(const TuneOptions& options);

}  // namespace lcn::tool
