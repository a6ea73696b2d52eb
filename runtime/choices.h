#pragma once

#include <array>

#include "kernel_table.h"

namespace lcn {

// The kernels that one thread of a call chose last, and for what: to choose takes as long as a short row of
// positions, and every row has windows of several sizes at its ends.
class Choices {
  public:
    using Key = std::array<int64_t, 6>;

    // The kernel for `key`; choose() when it is not among the last ones.
    template <typename Choose>
    const Kernel* kernel(const Key& key, Choose&& choose) {
        for (const Entry& e : entries_)
            if (e.kernel && e.key == key) return e.kernel;
        Entry& oldest = entries_[size_t(next_++) % std::size(entries_)];
        oldest = {key, choose()};
        return oldest.kernel;
    }

  private:
    struct Entry {
        Key key;
        const Kernel* kernel = nullptr;
    };
    Entry entries_[8];
    unsigned next_ = 0;
};

}  // namespace lcn
