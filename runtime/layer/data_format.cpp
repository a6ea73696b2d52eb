#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "arguments.h"
#include "json_text.h"
#include "keras_object.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

const JsonLimits limits{16, 10'000};
const size_t max_bytes = 1'000'000;

std::string keras_json_path() {
    if (const char* folder = std::getenv("KERAS_HOME")) return std::string(folder) + "/keras.json";
    const char* home = std::getenv("HOME");
    return std::string(home ? home : "") + "/.keras/keras.json";
}

std::string text_of(const std::string& path) {
    if (!std::filesystem::is_regular_file(path)) throw std::runtime_error("not a regular file");
    std::string text(max_bytes + 1, '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(std::strerror(errno));
    file.read(text.data(), std::streamsize(text.size()));
    if (size_t(file.gcount()) > max_bytes)
        throw std::runtime_error("more than " + std::to_string(max_bytes) + " bytes");
    text.resize(size_t(file.gcount()));
    return text;
}

}  // namespace

std::string default_data_format() {
    const std::string path = keras_json_path();
    std::error_code ignored;  // then it is as good as missing
    if (!std::filesystem::exists(path, ignored)) return "channels_last";
    json settings;
    try {
        settings = parse_json(text_of(path), limits);
    } catch (const std::runtime_error& e) {
        throw std::invalid_argument("data_format: none given, and " + path + " cannot be read: " + e.what());
    }
    const json format =
        settings.is_object() ? settings.value("image_data_format", json("channels_last")) : json();
    if (format != "channels_last" && format != "channels_first")
        refuse("data_format (image_data_format of " + path + ")", format,
               "\"channels_first\" or \"channels_last\"");
    return format.get<std::string>();
}

}  // namespace lcn::layer
