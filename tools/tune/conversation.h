#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tune/answer.h"
#include "tune/runner.h"
#include "tune/tune.h"

namespace lcn::tool {

// An answer that is read well and not what was asked for.
struct WrongAnswer : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A runner that ends as it must not, does not answer, or answers what is refused.
struct RunnerFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One time that lcn_tuner runs through a runner: what it answers.
class Conversation {
  public:
    Conversation(const TuneOptions& options, const std::vector<std::string>& arguments);

    // Hands every answer but the last to `take`, which may throw WrongAnswer, and returns the last. Throws
    // RunnerFailed with the command and how many results came before.
    Answer all(const std::function<void(const layer::TuningFile&)>& take);

    [[noreturn]] void fail(const std::string& what) const;

  private:
    Answer next();
    Answer end(const Answer& answer);
    [[noreturn]] void refuse(const std::string& why) const;

    const TuneOptions& options_;
    Runner runner_;
    int64_t answers_ = 0;
    size_t kept_ = 0;  // of them, those that are results
};

}  // namespace lcn::tool
