#include "progress.h"

#include <unistd.h>

#include <cstdio>

namespace digits {

Progress::Progress(int epochs)
    : epochs_(epochs), terminal_(isatty(STDOUT_FILENO)), start_(std::chrono::steady_clock::now()) {}

void Progress::show(const Epoch& epoch) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    const double left = elapsed.count() / epoch.number * (epochs_ - epoch.number);
    // From the start of a cleared line, clipped where the terminal is too narrow for it.
    if (terminal_) std::fputs("\r\033[K\033[?7l", stdout);
    std::printf("epoch %2d/%d  loss %.4f  training %.4f  held out %.4f  %6.0f samples/s  %3.0f s left",
                epoch.number, epochs_, epoch.loss, epoch.training_accuracy, epoch.held_out_accuracy,
                epoch.samples_per_second, left);
    if (terminal_) std::fputs("\033[?7h", stdout);
    if (!terminal_ || epoch.number == epochs_) std::puts("");
    std::fflush(stdout);
}

}  // namespace digits
