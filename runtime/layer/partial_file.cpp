#include "partial_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace lcn::layer {

namespace {

namespace fs = std::filesystem;

// A link's file is replaced, not the link. Devices and folders are not replaced at all.
std::string destination(const std::string& path) {
    std::error_code ignored;  // then the file cannot be opened, and that says why
    const fs::file_status status = fs::status(path, ignored);
    if (!fs::exists(status)) return path;
    if (!fs::is_regular_file(status)) throw std::runtime_error(path + ": not a regular file");
    return fs::canonical(path);
}

}  // namespace

// Another writer, or one that was killed and had the same number, may have the first names.
PartialFile::PartialFile(const std::string& path) : path_(destination(path)) {
    for (int number = 0; !file_; number++) {
        partial_ = path_ + "." + std::to_string(getpid()) + "-" + std::to_string(number) + ".partial";
        file_ = std::fopen(partial_.c_str(), "wbx");
        if (!file_ && (errno != EEXIST || number == 1000)) fail();
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
    if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
    if (std::rename(partial_.c_str(), path_.c_str()) != 0) fail();
    complete_ = true;
}

void PartialFile::fail() const {
    throw std::runtime_error(path_ + ": " + std::strerror(errno));
}

}  // namespace lcn::layer
