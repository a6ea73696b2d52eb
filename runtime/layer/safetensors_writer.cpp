#include "json_text.h"
#include "lcn/safetensors.h"
#include "partial_file.h"
#include "shape_text.h"

namespace lcn {

namespace {

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
    layer::PartialFile file(path);
    file.write(&header_bytes, sizeof header_bytes);
    file.write(header.data(), header.size());
    for (const auto& [name, tensor] : tensors)
        file.write(tensor.values.data(), tensor.values.size() * sizeof(float));
    file.complete();
}

}  // namespace lcn
