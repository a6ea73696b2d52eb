#include "child.h"

#include <sys/wait.h>
#include <unistd.h>

namespace lcn_test {

std::string in_child(const std::function<std::string()>& body, unsigned seconds) {
    int ends[2];
    if (pipe(ends) != 0) return "pipe failed";
    const pid_t child = fork();
    if (child < 0) return "fork failed";
    if (child == 0) {
        alarm(seconds);
        const std::string said = body();
        const bool written = write(ends[1], said.data(), said.size()) == ssize_t(said.size());
        _exit(written ? 0 : 1);
    }
    close(ends[1]);
    std::string said;
    char piece[256];
    for (ssize_t n; (n = read(ends[0], piece, sizeof piece)) > 0;) said.append(piece, size_t(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) return "the child ended with signal " + std::to_string(WTERMSIG(status));
    if (WEXITSTATUS(status) != 0) return "the child ended with " + std::to_string(WEXITSTATUS(status));
    return said;
}

}  // namespace lcn_test
