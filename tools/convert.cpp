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

#include "forwarded_signals.h"
#include "output_file.h"

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
        if (count < 0 && errno == EFBIG)
            fail("the limit on the size of files is below the " + std::to_string(converter_archive_bytes) +
                 " bytes of the converter itself");
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

// No shell: the words reach the program as they are. When this program is killed, that one is told to end.
pid_t start(char* const* words, const ForwardedSignals& signals) {
    int failed[2];
    if (pipe2(failed, O_CLOEXEC) != 0) fail(std::strerror(errno));
    const pid_t parent = getpid(), process = fork();
    if (process < 0) fail(std::strerror(errno));
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        signals.as_before();
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

// What came of a process: its status, and what it told (tools/convert/messages.py), in order.
struct Outcome {
    int status;
    std::string told;
};

Outcome run(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int pipe[2];
    if (pipe2(pipe, O_NONBLOCK) != 0) fail(std::strerror(errno));  // whoever else holds it may live on
    setenv("LCN_CONVERTER_PIPE", std::to_string(pipe[1]).c_str(), 1);
    ForwardedSignals signals;
    const int status = signals.wait(start(arguments.data(), signals));
    char told[16];
    const ssize_t count = read(pipe[0], told, sizeof told);
    return {status, std::string(told, count > 0 ? size_t(count) : 0)};
}

// The HDF5 library is known to loop or to crash over damaged files; tools/convert/limits.py ends the former.
std::string end_by(int signal, const std::string& told, const ConvertOptions& options) {
    if (signal != SIGXCPU) return std::string("was killed: ") + strsignal(signal);
    return told.empty() ? "took too long: a damaged file" : "took too long to write " + options.output_path;
}

}  // namespace

int convert(const ConvertOptions& options) {
    check_output(options.output_path, {}, "OUT");  // the converter checks what it reads
    std::vector<std::string> words = {interpreter(), archive_path()};
    if (!options.config_path.empty()) words.push_back("--config=" + options.config_path);
    words.insert(words.end(), {"--", options.model_path, options.output_path});
    const auto [status, told] = run(words);
    if (WIFSIGNALED(status))
        throw std::runtime_error(options.model_path + ": the converter " +
                                 end_by(WTERMSIG(status), told, options));
    const int code = WEXITSTATUS(status);
    if (told.ends_with(std::to_string(code))) return code;
    fail(words[0] + " has not run the converter to its end (exit code " + std::to_string(code) +
         "); set LCN_PYTHON to Python 3.11 or later with h5py");
}

}  // namespace lcn::tool
