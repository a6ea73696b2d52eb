// What stands where a file is read or written.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace lcn::layer {

// The status of a file that is there or not; `error` says why it cannot be known. Throws std::runtime_error
// with the path and the reason for a folder, a device, a pipe, and for a path with a NUL, of which systems
// read the start alone.
inline std::filesystem::file_status file_status(const std::string& path, std::error_code& error) {
    if (path.find('\0') != path.npos)
        throw std::runtime_error(path.substr(0, path.find('\0')) + ": the path goes on after a NUL");
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw std::runtime_error(path + ": not a regular file");
    return status;
}

}  // namespace lcn::layer
