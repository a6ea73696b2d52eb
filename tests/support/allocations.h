// Allocations that fail when a test says so. support/allocations.cpp takes the place of malloc and its family
// in the programs that it is linked into, so operator new and the C library pass there too.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lcn_test {

// While one lives, the allocations of this thread of `at_least` bytes that begin with number `first` fail:
// that one, or all from it on.
class FailingAllocations {
  public:
    enum Which { once, from_then_on };
    FailingAllocations(int64_t first, Which which, size_t at_least = 0);
    FailingAllocations(const FailingAllocations&) = delete;
    FailingAllocations& operator=(const FailingAllocations&) = delete;
    ~FailingAllocations();

    int64_t failed() const;  // how many have
    int64_t alive() const;   // made so far, less those that were freed, whoever made them

    // Between true and false, this thread's allocations are not counted and do not fail.
    static void spare(bool spared);
};

}  // namespace lcn_test
