#pragma once

#include <memory>
#include <vector>

#include "bench/answer.h"
#include "bench/memory.h"
#include "lcn/lcn.h"

namespace lcn::tool {

// Floats between two rows of canaries.
class Guarded {
  public:
    explicit Guarded(int64_t count);
    float* data() const { return memory_.data() + canaries; }
    int64_t count() const { return count_; }
    bool intact() const;

    static constexpr int64_t canaries = 64;  // floats on each side

  private:
    int64_t count_;
    bench::Floats memory_;
};

// The tensors of a problem without bias and activation, and its calls. Weights (or their gradients) come from
// a ring of copies, so that each call finds cold ones; around each there are canaries.
class Operands {
  public:
    static int64_t bytes(const Problem& p, int64_t ring_bytes);

    // Sources hold seeded numbers of [-1, 1).
    Operands(const Problem& p, Operation operation, int64_t ring_bytes, uint64_t seed);

    // Asks for the workspace of the present choice of kernels, which run() then has.
    void prepare();
    int64_t workspace_bytes() const { return workspace_bytes_; }
    void reserve(int64_t workspace_bytes);  // for calls that need as much or less
    void run(int64_t workspace_bytes);      // on the next copy

    // One call on the first copy, whose result held NaN before. Throws when a canary is hurt.
    void run_checked();
    std::vector<float> result() const;
    bool result_is(const std::vector<float>& expected) const;  // bit for bit
    std::string wrong() const;                                 // compared with sums in double; "": right

  private:
    float* copy(int64_t index) const { return ring_.data() + index * stride_ + Guarded::canaries; }
    const float* result_data() const;
    int64_t result_count() const;
    bool copy_intact(int64_t index) const;

    const Problem problem_;
    const Operation operation_;
    const reference::Layer layer_;
    const int64_t stride_, copies_;  // elements from one copy to the next
    Guarded input_, output_;
    bench::Floats ring_;
    std::unique_ptr<Guarded> workspace_;
    int64_t workspace_bytes_ = 0, next_ = 0;
};

reference::Layer layer_of(const Problem& p);

}  // namespace lcn::tool
