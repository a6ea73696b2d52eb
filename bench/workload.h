// The tensors of a row, and the call that it measures. No bias and a linear activation, as in the roofline
// model.
#pragma once

#include "memory.h"
#include "rows.h"

namespace bench {

// The functions that a row may call, without bias: those of lcn.h, or of a library of layers.
struct Functions {
    lcn::Status (*workspace_bytes)(const lcn::Problem& problem, lcn::Operation operation, int64_t& bytes);
    lcn::Status (*forward)(const lcn::Problem& problem, const float* input, const float* kernel,
                           float* output, lcn::Workspace workspace);
    lcn::Status (*backward_input)(const lcn::Problem& problem, const float* output_gradient,
                                  const float* kernel, float* input_gradient, lcn::Workspace workspace);
    lcn::Status (*backward_weights)(const lcn::Problem& problem, const float* input,
                                    const float* output_gradient, float* kernel_gradient,
                                    lcn::Workspace workspace);
};
extern const Functions general;

class Workload {
  public:
    // Bytes that the constructor will allocate for the tensors. `cache`: of the last-level cache.
    static int64_t bytes(const Row& row, int64_t cache);

    // Sources hold seeded numbers of [-1, 1), results hold NaN. The row's target and threads must be set.
    Workload(const Row& row, int64_t cache, const Functions& functions = general);

    // The operation once, with the next copy of the weights (or of their gradient).
    lcn::Status run() { return run({workspace_.data(), workspace_bytes()}); }
    lcn::Status run(lcn::Workspace workspace);

    int64_t workspace_bytes() const { return workspace_.size() * 4; }

    const Row row;
    const lcn::Problem problem;
    Floats input, weights, output;  // or their gradients; the first copy of the weights comes first

    // What the operation writes.
    const Floats& result() const;
    int64_t result_size() const;

  private:
    const Functions& functions_;
    int64_t copies_, copy_size_, copy_ = 0;
    Floats workspace_;
};

}  // namespace bench
