// The safetensors format: 8 bytes with the length of a JSON header, the header, the tensors' bytes. All
// little-endian, tensors in C order.
//
// `lcn convert` turns Keras files into this format and back, so that a layer's weights go both ways. The
// layer's tensors are named `<layer>/kernel` and `<layer>/bias` there (docs/keras_files.md).
#ifndef LCN_SAFETENSORS_H
#define LCN_SAFETENSORS_H

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "lcn/layer.h"

namespace lcn {

using Tensors = std::map<std::string, Tensor>;
using Metadata = std::map<std::string, std::string>;

struct StoredTensor {
    std::string type;  // the format's name: F32, I64, ...
    Shape shape;
    uint64_t begin, end;  // bytes, counted from the end of the header
};

struct SafetensorsHeader {
    Metadata metadata;
    std::map<std::string, StoredTensor> tensors;
};

// Checks everything a header says against a file with `data_bytes` bytes after it: types and shapes are known
// and fit the offsets, the tensors fill the data without overlap or hole, names are unique. At most 100 MB,
// 10,000 tensors of at most 8 dimensions, names of at most 512 bytes. Throws std::runtime_error with the
// reason.
LCN_API SafetensorsHeader parse_safetensors_header(std::string_view text, uint64_t data_bytes);

// A file whose header has been read and checked. Throws std::runtime_error with the path and the reason.
class LCN_API SafetensorsFile {
  public:
    explicit SafetensorsFile(const std::string& path);

    const SafetensorsHeader& header() const { return header_; }

    // Reads a tensor, which the header must have as one of type F32.
    Tensor read(const std::string& name);

  private:
    void read_header(uint64_t file_bytes);

    std::string path_;
    std::ifstream file_;
    SafetensorsHeader header_;
    uint64_t data_begin_ = 0;
};

// Writes a file that appears under its name only when it is complete. What parse_safetensors_header() would
// refuse is not written: values that do not fill their shape, names that are not UTF-8. Throws
// std::runtime_error with the path and the reason, and leaves nothing behind then.
LCN_API void write_safetensors(const std::string& path, const Tensors& tensors, const Metadata& metadata);

}  // namespace lcn

#endif
