#include "convert.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

extern const unsigned char converter_archive[];
extern const size_t converter_archive_bytes;

namespace lcn::tool {

namespace {

[[noreturn]] void fail(const std::string& reason) {
    throw std::runtime_error("convert: " + reason);
}

// A file in memory: nothing to find, nothing to leave behind. Python runs a zip archive by its path.
std::string archive_path() {
    const int file = memfd_create("lcn_convert", 0);
    if (file < 0) fail(std::strerror(errno));
    for (size_t done = 0; done < converter_archive_bytes;) {
        const ssize_t count = write(file, converter_archive + done, converter_archive_bytes - done);
        if (count < 0) fail(std::strerror(errno));
        done += size_t(count);
    }
    return "/proc/self/fd/" + std::to_string(file);
}

std::string interpreter() {
    const char* chosen = std::getenv("LCN_PYTHON");
    if (chosen && *chosen) return chosen;
    // The build leaves a file with the path of its own Python beside the program. An installed one has none.
    std::ifstream file(std::filesystem::read_symlink("/proc/self/exe").string() + ".python");
    std::string path;
    return std::getline(file, path) && access(path.c_str(), X_OK) == 0 ? path : "python3";
}

// No shell: the words reach the program as they are. When this program is ended, so is that one, which then
// removes what it has half written.
pid_t start(char* const* words) {
    int failed[2];
    if (pipe2(failed, O_CLOEXEC) != 0) fail(std::strerror(errno));
    const pid_t parent = getpid(), process = fork();
    if (process < 0) fail(std::strerror(errno));
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent) execvp(words[0], words);
        const int reason = errno;
        _exit(write(failed[1], &reason, sizeof reason) == sizeof reason ? 127 : 126);
    }
    close(failed[1]);
    int reason = 0;
    const bool started = read(failed[0], &reason, sizeof reason) != sizeof reason;
    close(failed[0]);
    if (started) return process;
    waitpid(process, nullptr, 0);
    fail("needs Python 3.11 or later with h5py, cannot run " + std::string(words[0]) + ": " +
         std::strerror(reason) + "; set LCN_PYTHON to such an interpreter");
}

int run(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t process = start(arguments.data());
    int status = 0;
    while (waitpid(process, &status, 0) != process)
        if (errno != EINTR) fail(std::strerror(errno));
    return status;
}

}  // namespace

int convert(const ConvertOptions& options) {
    std::vector<std::string> words = {interpreter(), archive_path()};
    if (!options.config_path.empty()) words.push_back("--config=" + options.config_path);
    words.insert(words.end(), {"--", options.model_path, options.output_path});
    const int status = run(words);
    if (status == 0 && !std::filesystem::exists(options.output_path))
        fail(words[0] + " has not written " + options.output_path + "; it is no Python");
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    // The HDF5 library is known to loop or to crash over damaged files; tools/convert/limits.py ends the
    // former.
    const int signal = WTERMSIG(status);
    throw std::runtime_error(options.model_path + ": the converter " +
                             (signal == SIGXCPU ? "took too long: a damaged file"
                                                : std::string("was killed: ") + strsignal(signal)));
}

}  // namespace lcn::tool
