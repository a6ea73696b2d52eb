#include "tune/shape.h"

#include <charconv>

#include "errors.h"
#include "json_text.h"

namespace lcn::tool {

namespace {

// Sizes with an x between them.
std::vector<int64_t> numbers(const std::string& word, const std::string& text, size_t count) {
    std::vector<int64_t> result;
    for (const std::string& part : split(text, 'x')) {
        int64_t value = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (error != std::errc() || end != part.data() + part.size() || value < 1)
            refuse_shape(word, "'" + text + "' is not " + std::to_string(count) + " positive sizes");
        result.push_back(value);
    }
    if (result.size() != count)
        refuse_shape(word, "'" + text + "' is not " + std::to_string(count) + " positive sizes");
    return result;
}

std::string sizes(int64_t rows, int64_t columns) {
    return std::to_string(rows) + "x" + std::to_string(columns);
}

}  // namespace

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

void refuse_shape(const std::string& word, const std::string& reason) {
    throw Refused("shape " + layer::excerpt(word) + ": " + reason);
}

void take_shape_option(const std::string& word, const std::string& option, Problem& p) {
    if (option == "same") {
        p.padding = Padding::same;
    } else if (option == "channels_first") {
        p.data_format = DataFormat::channels_first;
    } else if (option.rfind('s', 0) == 0) {
        const std::vector<int64_t> strides = numbers(word, option.substr(1), 2);
        p.stride_rows = strides[0], p.stride_columns = strides[1];
    } else if (option.rfind('n', 0) == 0) {
        p.batch = numbers(word, option.substr(1), 1)[0];
    } else {
        refuse_shape(word, "'" + option + "' is none of s2x1 (strides), same, channels_first, n8 (images)");
    }
}

Problem parse_shape(const std::string& word) {
    const std::vector<std::string> parts = split(word, ':');
    if (parts.size() < 2)
        refuse_shape(word,
                     "neither a line of the suite, nor rows x columns x channels : kernel rows x columns x "
                     "filters, as 30x30x64:3x3x32, nor a file .safetensors");
    const std::vector<int64_t> input = numbers(word, parts[0], 3), kernel = numbers(word, parts[1], 3);
    Problem p;
    p.input_rows = input[0], p.input_columns = input[1], p.channels = input[2];
    p.kernel_rows = kernel[0], p.kernel_columns = kernel[1], p.filters = kernel[2];
    for (size_t k = 2; k < parts.size(); k++) take_shape_option(word, parts[k], p);
    int64_t rows = 0, columns = 0;
    if (const Status s = output_size(p, rows, columns); !s.ok()) refuse_shape(word, s.message);
    return p;
}

std::string shape_text(const Problem& p) {
    std::string text = sizes(p.input_rows, p.input_columns) + "x" + std::to_string(p.channels) + ":" +
                       sizes(p.kernel_rows, p.kernel_columns) + "x" + std::to_string(p.filters);
    if (p.stride_rows != 1 || p.stride_columns != 1) text += ":s" + sizes(p.stride_rows, p.stride_columns);
    if (p.padding == Padding::same) text += ":same";
    if (p.data_format == DataFormat::channels_first) text += ":channels_first";
    return text;
}

}  // namespace lcn::tool
