#include "tune/progress.h"

#include <unistd.h>

#include <cstdio>

namespace lcn::tool {

ProgressLine::ProgressLine() : terminal_(isatty(2)) {}

void ProgressLine::begin(const std::string& problem, int index, int count) {
    problem_ = std::to_string(index) + "/" + std::to_string(count) + " " + problem;
    if (!terminal_) std::fprintf(stderr, "%s\n", problem_.c_str());
    next_ = {};
}

void ProgressLine::show(const Progress& p) {
    if (!terminal_ || Clock::now() < next_) return;
    next_ = Clock::now() + std::chrono::milliseconds(100);
    std::fprintf(stderr, "\r\033[K%s: %s %d of %d, %d kernels, best %.2fx %s", problem_.c_str(), p.phase,
                 p.done, p.of, p.candidates, p.best_gain, p.best.c_str());
    std::fflush(stderr);
}

void ProgressLine::say(const std::string& line) {
    clear();
    std::fprintf(stderr, "%s\n", line.c_str());
}

void ProgressLine::clear() {
    if (terminal_) std::fprintf(stderr, "\r\033[K");
    std::fflush(stderr);
}

}  // namespace lcn::tool
