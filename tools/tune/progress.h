#pragma once

#include <chrono>
#include <string>

#include "tune/tuner.h"

namespace lcn::tool {

// What is going on, on standard error: one line that changes on a terminal, else a line for each problem.
class ProgressLine {
  public:
    ProgressLine();

    void begin(const std::string& problem, int index, int count);
    void show(const Progress& progress);
    void say(const std::string& line);  // and stays
    void clear();

  private:
    using Clock = std::chrono::steady_clock;
    const bool terminal_;
    std::string problem_;
    Clock::time_point next_{};
};

}  // namespace lcn::tool
