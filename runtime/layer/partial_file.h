#pragma once

#include <cstdio>
#include <string>

namespace lcn::layer {

// A file that is written under another name beside its own and renamed at the end, so that it appears only
// when it is complete, with the permissions of the one it replaces. Throws std::runtime_error with the path
// and the reason, and leaves nothing behind.
class PartialFile {
  public:
    explicit PartialFile(const std::string& path);
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    ~PartialFile();

    void write(const void* data, size_t bytes);
    void complete();

  private:
    void create(const std::string& start);  // of its name meanwhile
    [[noreturn]] void fail() const;

    std::string path_, partial_;
    std::FILE* file_ = nullptr;
    bool complete_ = false;
};

}  // namespace lcn::layer
