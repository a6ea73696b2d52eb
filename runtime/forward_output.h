#pragma once

#include "forward_call.h"
#include "kernel_table.h"
#include "plan.h"

namespace lcn {

struct ForwardArguments {
    const float *input, *kernel, *bias;
    float *output, *before_activation;
};

// What `forward` does with a unit of the output beside its windows' sums: what they begin with, where they
// are written, the activation and the layout.
class ForwardOutput {
  public:
    ForwardOutput(const Geometry& g, const Kernels& kernels);

    // Whether sums are read again after they were written: by the activation, or a transpose.
    bool reads_again() const { return !linear || g.channels_first; }

    // The bias of the unit's positions. With channels_first its filters lie far apart and are brought
    // together in `bias_row`.
    RowPiece initial_values(const ForwardArguments& a, const Units::Unit& u, float* bias_row) const;

    // Where the sums of images from n on go: into `row` where another layout is made of them.
    RowPiece destination(const ForwardArguments& a, const Units::Unit& u, int64_t n, float* row) const;

    // Activation and layout of a piece that was just written.
    void finish(const ForwardArguments& a, const Units::Unit& u, int64_t n, int64_t count,
                const RowPiece& before) const;

  private:
    // Where the unit begins in the output, for image n.
    int64_t offset(const Units::Unit& u, int64_t n) const;
    void activate(const RowPiece& before, float* to, int64_t count, int64_t columns, int64_t filters) const;

    const Geometry& g;
    const Kernels kernels;
    const bool linear;
};

}  // namespace lcn
