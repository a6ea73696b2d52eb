// The reader of safetensors files: any bytes are a file, which is refused or read whole.
#include "lcn/safetensors.h"

#include <stdexcept>

#include "fuzz.h"
#include "memory_file.h"

namespace {

// What parse_safetensors_header() promises of a header that it takes.
void check_header(const lcn::SafetensorsHeader& header, uint64_t file_bytes) {
    uint64_t bytes = 0;
    for (const auto& [name, tensor] : header.tensors) {
        fuzz::expect(name.size() <= 512, "names have at most 512 bytes");
        fuzz::expect(tensor.shape.size() <= 8, "tensors have at most 8 dimensions");
        fuzz::expect(tensor.begin <= tensor.end && tensor.end <= file_bytes, "tensors lie inside the file");
        bytes += tensor.end - tensor.begin;
    }
    fuzz::expect(header.tensors.size() <= 10'000, "at most 10,000 tensors");
    fuzz::expect(bytes <= file_bytes, "tensors do not overlap");
}

void read_all(lcn::SafetensorsFile& file) {
    for (const auto& [name, stored] : file.header().tensors) {
        if (stored.type != "F32") continue;
        const lcn::Tensor tensor = file.read(name);
        int64_t count = 1;
        for (const int64_t size : tensor.shape) count *= size;
        fuzz::expect(int64_t(tensor.values.size()) == count, "a tensor has as many values as its shape says");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const fuzz::MemoryFile bytes(data, size);
    try {
        lcn::SafetensorsFile file(bytes.path());
        check_header(file.header(), size);
        read_all(file);
    } catch (const std::runtime_error& e) {
        fuzz::expect(e.what()[0] != '\0', "a refusal has a reason");
    }
    return 0;
}
