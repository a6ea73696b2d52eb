#pragma once

#include <string>

namespace lcn::tool {

// The folder of a file, for one program at a time of those that ask: what reads the file, adds to it and
// writes it does so in one step. Waits for the others. Where the system locks no folders nobody waits.
class FolderLock {
  public:
    explicit FolderLock(const std::string& path);
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock();

  private:
    const int folder_;
};

}  // namespace lcn::tool
