#include "tune/stop.h"

#include <csignal>

namespace lcn::tool {

namespace {

volatile std::sig_atomic_t was_interrupted = 0;

void on_interrupt(int) {
    was_interrupted = 1;
    std::signal(SIGINT, SIG_DFL);
}

}  // namespace

void stop_on_interrupt() {
    // A script that runs it in the background ignores Ctrl-C for it.
    if (std::signal(SIGINT, on_interrupt) == SIG_IGN) std::signal(SIGINT, SIG_IGN);
}

bool interrupted() {
    return was_interrupted;
}

}  // namespace lcn::tool
