// What a person watching the training sees.
#pragma once

#include <chrono>

#include "training.h"

namespace digits {

// Writes a line per epoch to standard output; on a terminal one line that is written anew.
class Progress {
  public:
    explicit Progress(int epochs);
    void show(const Epoch& epoch);

  private:
    int epochs_;
    bool terminal_;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace digits
