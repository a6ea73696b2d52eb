#include "convert.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

extern const unsigned char converter_archive[];
extern const size_t converter_archive_bytes;

namespace lcn::tool {

namespace {

// A file in memory: nothing to find, nothing to leave behind. Python runs a zip archive by its path.
std::string archive_path() {
    const int file = memfd_create("lcn_convert", 0);
    for (size_t done = 0; file >= 0 && done < converter_archive_bytes;) {
        const ssize_t count = write(file, converter_archive + done, converter_archive_bytes - done);
        if (count < 0) throw std::runtime_error(std::string("convert: ") + std::strerror(errno));
        done += size_t(count);
    }
    if (file < 0) throw std::runtime_error(std::string("convert: ") + std::strerror(errno));
    return "/proc/self/fd/" + std::to_string(file);
}

std::string interpreter() {
    const char* chosen = std::getenv("LCN_PYTHON");
    if (chosen && *chosen) return chosen;
    return access(LCN_BUILD_PYTHON, X_OK) == 0 ? LCN_BUILD_PYTHON : "python3";
}

}  // namespace

void convert(const ConvertOptions& options) {
    const std::string python = interpreter();
    std::vector<std::string> words = {python, archive_path()};
    if (!options.config_path.empty()) words.push_back("--config=" + options.config_path);
    words.insert(words.end(), {"--", options.model_path, options.output_path});

    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp(python.c_str(), arguments.data());
    throw std::runtime_error("convert needs Python 3.11 or later with h5py, cannot run " + python + ": " +
                             std::strerror(errno) + "; set LCN_PYTHON to such an interpreter");
}

}  // namespace lcn::tool
