#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace lcn::tool {

// Those that would end this program. Not those of its own faults, and not those that stop it or do nothing.
inline sigset_t ending_signals() {
    sigset_t ending;
    sigemptyset(&ending);
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction action {};
        if (sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_DFL)
            sigaddset(&ending, number);
    }
    for (const int other : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP, SIGTSTP, SIGTTIN,
                            SIGTTOU, SIGCONT, SIGCHLD, SIGURG, SIGWINCH})
        sigdelset(&ending, other);
    return ending;
}

// While it lives, signals that would end this program go to the process that it waits for, which then removes
// what it has half written. They end this program afterwards.
class ForwardedSignals {
  public:
    ForwardedSignals() : waited_for_(ending_signals()) {
        std::signal(SIGCHLD, SIG_DFL);  // where it is ignored, there is no child to wait for
        sigaddset(&waited_for_, SIGCHLD);
        sigprocmask(SIG_BLOCK, &waited_for_, &before_);
    }
    ~ForwardedSignals() {
        if (last_ != 0) std::raise(last_);
        as_before();
    }
    ForwardedSignals(const ForwardedSignals&) = delete;
    ForwardedSignals& operator=(const ForwardedSignals&) = delete;

    void as_before() const { sigprocmask(SIG_SETMASK, &before_, nullptr); }
    // For a process to end. Returns its status.
    int wait(pid_t process) {
        for (int status = 0;;) {
            const pid_t ended = waitpid(process, &status, WNOHANG);
            if (ended == process) return status;
            if (ended < 0) throw std::system_error(errno, std::generic_category(), "waitpid");
            const int number = sigwaitinfo(&waited_for_, nullptr);
            if (number <= 0 || number == SIGCHLD) continue;
            last_ = number;
            kill(process, number);
        }
    }

  private:
    sigset_t waited_for_, before_;
    int last_ = 0;
};

}  // namespace lcn::tool
