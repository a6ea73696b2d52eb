#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "arguments.h"
#include "json_text.h"
#include "keras_object.h"

namespace lcn::layer {

using nlohmann::json;

namespace {

const JsonLimits limits{16, 10'000};
const std::streamsize max_bytes = 1'000'000;

std::string keras_json_path() {
    if (const char* folder = std::getenv("KERAS_HOME")) return std::string(folder) + "/keras.json";
    const char* home = std::getenv("HOME");
    return std::string(home ? home : "") + "/.keras/keras.json";
}

}  // namespace

std::string default_data_format() {
    const std::string path = keras_json_path();
    std::ifstream file(path, std::ios::binary);
    if (!file) return "channels_last";
    std::string text(max_bytes, '\0');
    file.read(text.data(), max_bytes);
    text.resize(size_t(file.gcount()));
    json settings;
    try {
        settings = parse_json(text, limits);
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
