// Memory whose every neighbour is watched.
#pragma once

#include <cstdint>

namespace lcn_test {

// Where a buffer lies between its two guard pages, and its distance from the nearer one.
struct Placement {
    enum Edge { left, right } edge = right;
    int64_t bytes = 0;
};

// `count` floats between two pages that cannot be touched. What is left of the mapping, and at first the
// floats themselves, hold a pattern, a NaN.
class GuardedFloats {
  public:
    explicit GuardedFloats(int64_t count, Placement placement = {});
    ~GuardedFloats();
    GuardedFloats(const GuardedFloats&) = delete;
    GuardedFloats& operator=(const GuardedFloats&) = delete;

    float* data() const { return data_; }
    int64_t count() const { return count_; }

    void make_read_only();

    bool surroundings_intact() const;               // nothing was written outside the floats
    bool intact(int64_t first, int64_t end) const;  // nor into floats [first, end)

  private:
    char* mapping_;
    int64_t bytes_;  // between the guard pages
    float* data_;
    int64_t count_;
};

}  // namespace lcn_test
