#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "json_text.h"
#include "lcn/safetensors.h"
#include "shape_text.h"

namespace lcn {

namespace {

namespace fs = std::filesystem;

// A file that is written under another name beside its own and renamed at the end.
class PartialFile {
  public:
    explicit PartialFile(const std::string& path)
        : path_(destination(path)), partial_(path_ + "." + std::to_string(getpid()) + ".partial") {
        file_ = std::fopen(partial_.c_str(), "wbx");
        if (!file_) fail();
    }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    ~PartialFile() {
        if (file_) std::fclose(file_);
        if (!complete_) std::remove(partial_.c_str());
    }

    void write(const void* data, size_t bytes) {
        if (bytes > 0 && std::fwrite(data, bytes, 1, file_) != 1) fail();
    }

    void complete() {
        if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
        if (std::rename(partial_.c_str(), path_.c_str()) != 0) fail();
        complete_ = true;
    }

  private:
    // A link's file is replaced, not the link. Devices and folders are not replaced at all.
    static std::string destination(const std::string& path) {
        std::error_code ignored;  // then the file cannot be opened, and that says why
        const fs::file_status status = fs::status(path, ignored);
        if (!fs::exists(status)) return path;
        if (!fs::is_regular_file(status)) throw std::runtime_error(path + ": not a regular file");
        return fs::canonical(path);
    }

    [[noreturn]] void fail() const { throw std::runtime_error(path_ + ": " + std::strerror(errno)); }

    const std::string path_, partial_;
    std::FILE* file_ = nullptr;
    bool complete_ = false;
};

std::string header_of(const Tensors& tensors, const Metadata& metadata) {
    nlohmann::json header = {{"__metadata__", metadata}};
    uint64_t begin = 0;
    for (const auto& [name, tensor] : tensors) {
        const uint64_t end = begin + tensor.values.size() * sizeof(float);
        header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
        begin = end;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');  // tensors begin on a multiple of 8 bytes
    return text;
}

}  // namespace

void write_safetensors(const std::string& path, const Tensors& tensors, const Metadata& metadata) {
    const std::string header = header_of(tensors, metadata);
    const uint64_t header_bytes = header.size();
    PartialFile file(path);
    file.write(&header_bytes, sizeof header_bytes);
    file.write(header.data(), header.size());
    for (const auto& [name, tensor] : tensors)
        file.write(tensor.values.data(), tensor.values.size() * sizeof(float));
    file.complete();
}

}  // namespace lcn
