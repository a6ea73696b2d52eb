// A file that is only in memory, for readers that take paths.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

namespace fuzz {

class MemoryFile {
  public:
    MemoryFile(const void* data, size_t size) : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
        expect(descriptor_ >= 0 && write(descriptor_, data, size) == ssize_t(size),
               "a file in memory can be made");
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

}  // namespace fuzz
