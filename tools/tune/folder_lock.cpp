#include "tune/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

namespace lcn::tool {

namespace {

// Links lead to the folder of the file itself.
std::string folder_of(const std::string& path) {
    std::error_code ignored;  // writing says what is wrong
    const std::string folder = std::filesystem::weakly_canonical(path, ignored).parent_path();
    return folder.empty() ? "." : folder;
}

}  // namespace

FolderLock::FolderLock(const std::string& path)
    : folder_(open(folder_of(path).c_str(), O_RDONLY | O_CLOEXEC)) {
    if (folder_ >= 0) flock(folder_, LOCK_EX);
}

FolderLock::~FolderLock() {
    if (folder_ >= 0) close(folder_);
}

}  // namespace lcn::tool
