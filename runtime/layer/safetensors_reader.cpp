#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "file_status.h"
#include "json_text.h"
#include "lcn/safetensors.h"
#include "shape_text.h"

namespace lcn {

using layer::excerpt;
using layer::JsonLimits;
using layer::parse_json;
using layer::to_string;
using nlohmann::json;

namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

const uint64_t max_header_bytes = 100'000'000;
const size_t max_tensors = 10'000, max_dimensions = 8, max_name_bytes = 512;
const JsonLimits header_limits{3, 1'000'000};

[[noreturn]] void fail(const std::string& tensor, const std::string& reason) {
    throw std::runtime_error("tensor " + excerpt(tensor) + ": " + reason);
}

bool is_size(const json& value) {
    return value.is_number_unsigned() && value.get<uint64_t>() <= uint64_t(INT64_MAX);
}

Metadata parse_metadata(const json& entries) {
    if (!entries.is_object()) throw std::runtime_error("__metadata__ is not a JSON object");
    Metadata metadata;
    for (const auto& [key, value] : entries.items()) {
        if (!value.is_string())
            throw std::runtime_error("metadata entry " + excerpt(key) +
                                     " is not a string: " + excerpt(value));
        metadata[key] = value.get<std::string>();
    }
    return metadata;
}

Shape parse_shape(const std::string& name, const json& value) {
    if (!value.is_array() || value.size() > max_dimensions ||
        !std::all_of(value.begin(), value.end(), is_size))
        fail(name, "shape is not a list of at most " + std::to_string(max_dimensions) +
                       " sizes: " + excerpt(value));
    return value.get<Shape>();
}

uint64_t bytes_of(const std::string& name, const StoredTensor& tensor) {
    struct Type {
        const char* name;
        uint64_t bytes;
    };
    static constexpr Type types[] = {{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
                                     {"U16", 2},  {"I16", 2}, {"F16", 2}, {"BF16", 2},    {"U32", 4},
                                     {"I32", 4},  {"F32", 4}, {"U64", 8}, {"I64", 8},     {"F64", 8}};
    const Type* const type = std::find_if(std::begin(types), std::end(types),
                                          [&](const Type& t) { return tensor.type == t.name; });
    if (type == std::end(types)) fail(name, "dtype is unknown: " + excerpt(tensor.type));
    uint64_t bytes = type->bytes;
    for (const int64_t size : tensor.shape)
        if (__builtin_mul_overflow(bytes, uint64_t(size), &bytes))
            fail(name, "shape has too many elements: " + to_string(tensor.shape));
    return bytes;
}

StoredTensor parse_tensor(const std::string& name, const json& value, uint64_t data_bytes) {
    if (name.size() > max_name_bytes)
        fail(name, "the name has more than " + std::to_string(max_name_bytes) + " bytes");
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets"))
        fail(name, "expected dtype, shape and data_offsets, got " + excerpt(value));
    if (!value["dtype"].is_string()) fail(name, "dtype is not a string: " + excerpt(value["dtype"]));
    const json& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !is_size(offsets[0]) || !is_size(offsets[1]))
        fail(name, "data_offsets is not a list of two sizes: " + excerpt(offsets));

    const StoredTensor tensor{value["dtype"].get<std::string>(), parse_shape(name, value["shape"]),
                              offsets[0].get<uint64_t>(), offsets[1].get<uint64_t>()};
    if (tensor.begin > tensor.end || tensor.end > data_bytes)
        fail(name, "data_offsets " + excerpt(offsets) + " are not inside the " + std::to_string(data_bytes) +
                       " bytes of data");
    const uint64_t bytes = bytes_of(name, tensor);
    if (bytes != tensor.end - tensor.begin)
        fail(name, "data_offsets " + excerpt(offsets) + " do not fit " + tensor.type + " of shape " +
                       to_string(tensor.shape) + ", which has " + std::to_string(bytes) + " bytes");
    return tensor;
}

void check_contiguous(const std::map<std::string, StoredTensor>& tensors, uint64_t data_bytes) {
    using Entry = std::pair<const std::string, StoredTensor>;
    std::vector<const Entry*> order;
    for (const Entry& entry : tensors) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
        return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
    });
    uint64_t end = 0;
    for (const Entry* entry : order) {
        if (entry->second.begin < end) fail(entry->first, "its data overlap those of another tensor");
        if (entry->second.begin > end) fail(entry->first, "there is a hole before its data");
        end = entry->second.end;
    }
    if (end != data_bytes)
        throw std::runtime_error(std::to_string(data_bytes - end) + " bytes follow the last tensor");
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, uint64_t data_bytes) {
    if (text.size() > max_header_bytes)
        throw std::runtime_error("a header of " + std::to_string(text.size()) + " bytes");
    if (text.empty() || text.front() != '{') throw std::runtime_error("the header does not begin with '{'");
    const json parsed = parse_json(text, header_limits);
    if (parsed.size() > max_tensors + 1)
        throw std::runtime_error("more than " + std::to_string(max_tensors) + " tensors");
    SafetensorsHeader header;
    for (const auto& [name, value] : parsed.items())
        if (name == "__metadata__")
            header.metadata = parse_metadata(value);
        else
            header.tensors[name] = parse_tensor(name, value, data_bytes);
    check_contiguous(header.tensors, data_bytes);
    return header;
}

SafetensorsFile::SafetensorsFile(const std::string& path) : path_(path) {
    std::error_code ignored;  // then opening fails as well, and that says why
    layer::file_status(path, ignored);
    file_.open(path, std::ios::binary);
    if (!file_) throw std::runtime_error(path + ": " + std::strerror(errno));
    try {
        read_header(std::filesystem::file_size(path));
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(path + ": " + e.what());
    }
}

void SafetensorsFile::read_header(uint64_t file_bytes) {
    uint64_t header_bytes = 0;
    if (!file_.read(reinterpret_cast<char*>(&header_bytes), sizeof header_bytes))
        throw std::runtime_error("too short for a safetensors file");
    if (header_bytes > max_header_bytes || header_bytes > file_bytes - sizeof header_bytes)
        throw std::runtime_error("a header of " + std::to_string(header_bytes) + " bytes in a file of " +
                                 std::to_string(file_bytes) + " (not a safetensors file?)");
    std::string text(header_bytes, '\0');
    if (!file_.read(text.data(), std::streamsize(header_bytes))) throw std::runtime_error("cannot be read");
    data_begin_ = sizeof header_bytes + header_bytes;
    header_ = parse_safetensors_header(text, file_bytes - data_begin_);
}

Tensor SafetensorsFile::read(const std::string& name) {
    const auto found = header_.tensors.find(name);
    if (found == header_.tensors.end())
        throw std::runtime_error(path_ + ": tensor " + excerpt(name) + " is missing");
    const StoredTensor& stored = found->second;
    if (stored.type != "F32")
        throw std::runtime_error(path_ + ": tensor " + excerpt(name) + ": dtype must be F32, got " +
                                 stored.type);
    const uint64_t bytes = stored.end - stored.begin;
    Tensor tensor{stored.shape, std::vector<float>(bytes / sizeof(float))};
    file_.clear();  // of what was in the way of another tensor
    file_.seekg(std::streamoff(data_begin_ + stored.begin));
    if (!file_.read(reinterpret_cast<char*>(tensor.values.data()), std::streamsize(bytes)))
        throw std::runtime_error(path_ + ": tensor " + excerpt(name) + " cannot be read: " +
                                 (file_.eof() ? "the file became shorter" : std::strerror(errno)));
    return tensor;
}

}  // namespace lcn
