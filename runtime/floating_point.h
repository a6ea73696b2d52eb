#pragma once

#include <cfenv>

namespace lcn {

// The rounding mode, and with the C libraries of Linux also what happens to denormals, of the thread that
// makes it.
struct FloatingPoint {
    FloatingPoint() { std::fegetenv(&environment); }
    std::fenv_t environment;
};

// Another thread works so for the time of a scope: results do not depend on who computes them.
class SameFloatingPoint {
  public:
    explicit SameFloatingPoint(const FloatingPoint& other) { std::fesetenv(&other.environment); }
    SameFloatingPoint(const SameFloatingPoint&) = delete;
    SameFloatingPoint& operator=(const SameFloatingPoint&) = delete;
    ~SameFloatingPoint() { std::fesetenv(&own_.environment); }

  private:
    const FloatingPoint own_;
};

}  // namespace lcn
