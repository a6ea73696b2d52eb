#include <stdexcept>

#include "json_text.h"
#include "lcn/safetensors.h"
#include "partial_file.h"
#include "shape_text.h"

namespace lcn {

namespace {

const char* const metadata_name = "__metadata__";

std::string header_text(const Tensors& tensors, const Metadata& metadata) {
    nlohmann::json header = {{metadata_name, metadata}};
    uint64_t begin = 0;
    for (const auto& [name, tensor] : tensors) {
        const uint64_t end = begin + tensor.values.size() * sizeof(float);
        header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
        begin = end;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const nlohmann::json::type_error&) {
        throw std::runtime_error("a name or metadata are not valid UTF-8");
    }
    text.resize((text.size() + 7) / 8 * 8, ' ');  // tensors begin on a multiple of 8 bytes
    return text;
}

// What is written passes every check of what is read.
std::string header_of(const Tensors& tensors, const Metadata& metadata) {
    if (tensors.count(metadata_name))
        throw std::runtime_error(std::string("no tensor can be named ") + metadata_name);
    uint64_t data_bytes = 0;
    for (const auto& [name, tensor] : tensors) data_bytes += tensor.values.size() * sizeof(float);
    const std::string text = header_text(tensors, metadata);
    parse_safetensors_header(text, data_bytes);
    return text;
}

}  // namespace

void write_safetensors(const std::string& path, const Tensors& tensors, const Metadata& metadata) {
    std::string header;
    try {
        header = header_of(tensors, metadata);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(path + ": " + e.what());
    }
    const uint64_t header_bytes = header.size();
    layer::PartialFile file(path);
    file.write(&header_bytes, sizeof header_bytes);
    file.write(header.data(), header.size());
    for (const auto& [name, tensor] : tensors)
        file.write(tensor.values.data(), tensor.values.size() * sizeof(float));
    file.complete();
}

}  // namespace lcn
