#include "partial_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "file_status.h"

namespace lcn::layer {

namespace {

namespace fs = std::filesystem;

const int max_leftovers = 1000;

// A link's file is replaced, not the link. Devices and folders are not replaced at all.
std::string destination(const std::string& path) {
    std::error_code error;
    const fs::file_status status = file_status(path, error);
    if (fs::exists(status)) return fs::canonical(path);
    if (status.type() != fs::file_type::not_found) throw std::runtime_error(path + ": " + error.message());
    if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
    return destination(fs::path(path).parent_path() / fs::read_symlink(path));
}

std::string numbered(const std::string& start, int number) {
    return start + "." + std::to_string(getpid()) + "-" + std::to_string(number) + ".partial";
}

}  // namespace

PartialFile::PartialFile(const std::string& path) : path_(destination(path)) {
    create(path_);
    if (!file_ && errno == ENAMETOOLONG) create(fs::path(path_).replace_filename("lcn"));
    if (!file_) fail();
    struct stat replaced {};
    if (stat(path_.c_str(), &replaced) == 0) fchmod(fileno(file_), replaced.st_mode & 0777);
}

// Another writer, or one that was killed and had the same number, may have the first names.
void PartialFile::create(const std::string& start) {
    for (int number = 0; !file_ && number < max_leftovers; number++) {
        partial_ = numbered(start, number);
        file_ = std::fopen(partial_.c_str(), "wbx");
        if (!file_ && errno != EEXIST) return;
    }
}

PartialFile::~PartialFile() {
    if (file_) std::fclose(file_);
    if (!complete_) std::remove(partial_.c_str());
}

void PartialFile::write(const void* data, size_t bytes) {
    if (bytes > 0 && std::fwrite(data, bytes, 1, file_) != 1) fail();
}

void PartialFile::complete() {
    // Else a crash of the machine could leave the name with no content.
    if (std::fflush(file_) != 0 || fsync(fileno(file_)) != 0) fail();
    if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
    if (std::rename(partial_.c_str(), path_.c_str()) != 0) fail();
    complete_ = true;
}

void PartialFile::fail() const {
    throw std::runtime_error(path_ + ": " + std::strerror(errno));
}

}  // namespace lcn::layer
