#pragma once

#if !defined(_WIN32)
#include <csignal>
#endif

namespace lcn {

// While it lives, signals from outside are not for this thread, nor, ever, for threads that it starts
// meanwhile: those an application handles or waits for are for the application's threads. Signals of what a
// thread does itself stay.
class NoSignals {
  public:
#if defined(_WIN32)
    NoSignals() {}  // there are none
#else
    NoSignals() {
        sigset_t others;
        sigfillset(&others);
        for (const int own : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP})
            sigdelset(&others, own);
        pthread_sigmask(SIG_BLOCK, &others, &before_);
    }
    ~NoSignals() {
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoSignals(const NoSignals&) = delete;
    NoSignals& operator=(const NoSignals&) = delete;

  private:
    sigset_t before_;
#endif
};

}  // namespace lcn
