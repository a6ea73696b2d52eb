// The tensors of a row, and the call that it measures. No bias and a linear activation, as in the roofline
// model.
#pragma once

#include "memory.h"
#include "rows.h"

namespace bench {

class Workload {
  public:
    // Bytes that the constructor will allocate for the tensors. `cache`: of the last-level cache.
    static int64_t bytes(const Row& row, int64_t cache);

    // Sources hold seeded numbers of [-1, 1), results hold NaN. The row's target and threads must be set.
    Workload(const Row& row, int64_t cache);

    // The operation once, with the next copy of the weights (or of their gradient).
    lcn::Status run();

    const Row row;
    const lcn::Problem problem;
    Floats input, weights, output;  // or their gradients; the first copy of the weights comes first

    // What the operation writes.
    const Floats& result() const;
    int64_t result_size() const;

  private:
    int64_t copies_, copy_size_, copy_ = 0;
    Floats workspace_;
};

}  // namespace bench
