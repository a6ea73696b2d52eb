// The rows of the benchmark: every operation, shape, batch, target, cache state and number of threads.
#pragma once

#include <string>
#include <vector>

#include "lcn/lcn.h"
#include "shapes.h"

namespace bench {

struct Row {
    lcn::Operation operation;
    const Shape* shape;
    int batch;
    const char* target;
    bool cold;  // weights come from memory, else from the nearest cache that holds them
    int threads;

    std::string name() const;  // forward/f32/deepface_L4/N1/x86_avx512/cold/threads:1
};

const char* name_of(lcn::Operation operation);

// Rows for every processor's target this machine can run, with 1 and with `all_threads` threads.
std::vector<Row> all_rows(int all_threads);

// Rows for a device: warm, called from one thread.
std::vector<Row> device_rows(const char* target);

// A regular expression for the rows that run unless the user asks for others: `target`, cold, one thread.
std::string usual_rows(const std::string& target);

}  // namespace bench
