#include "data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <stdexcept>

namespace digits {

namespace {

constexpr int max_pixel = 16;

using Fields = std::array<int, image_size + 1>;

[[noreturn]] void fail(const std::string& path, int64_t line, const std::string& what) {
    throw std::runtime_error(path + ", line " + std::to_string(line) + ": " + what);
}

// The numbers of one line, or the reason why it is not 64 pixels and a label.
std::string parse_line(const std::string& text, Fields& fields) {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (size_t i = 0; i < fields.size(); i++) {
        const bool is_label = i == image_size;
        const char* const comma = std::find(at, end, ',');
        const std::string field(at, comma);
        const auto [rest, error] = std::from_chars(at, comma, fields[i]);
        const int largest = is_label ? classes - 1 : max_pixel;
        if (error != std::errc() || rest != comma || fields[i] < 0 || fields[i] > largest)
            return "field " + std::to_string(i + 1) + " must be a whole number from 0 to " +
                   std::to_string(largest) + ", got '" + field.substr(0, 20) + "'";
        if ((comma == end) != is_label) {
            const auto found = std::count(text.begin(), text.end(), ',') + 1;
            return "expected 64 pixels and a label, got " + std::to_string(found) + " fields";
        }
        at = comma + !is_label;
    }
    return "";
}

void append(Dataset& to, const Dataset& from, int64_t index) {
    const float* image = &from.images[size_t(index * image_size)];
    to.images.insert(to.images.end(), image, image + image_size);
    to.labels.push_back(from.labels[size_t(index)]);
}

}  // namespace

Dataset read_digits(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    Dataset digits;
    Fields fields;
    std::string text;
    while (std::getline(file, text)) {
        if (text.ends_with('\r')) text.pop_back();
        const std::string problem = parse_line(text, fields);
        if (!problem.empty()) fail(path, digits.count() + 1, problem);
        for (int i = 0; i < image_size; i++)
            digits.images.push_back(float(fields[size_t(i)]) / float(max_pixel));
        digits.labels.push_back(fields[image_size]);
    }
    if (file.bad() || digits.labels.empty()) throw std::runtime_error("cannot read any digit from " + path);
    return digits;
}

Split hold_out_fifth(const Dataset& all, std::mt19937& random) {
    Split split;
    for (int digit = 0; digit < classes; digit++) {
        std::vector<int64_t> indices;
        for (int64_t i = 0; i < all.count(); i++)
            if (all.labels[size_t(i)] == digit) indices.push_back(i);
        if (indices.size() < 5)
            throw std::runtime_error("the data has fewer than five images of digit " + std::to_string(digit));
        std::shuffle(indices.begin(), indices.end(), random);
        const size_t held_out = (indices.size() + 2) / 5;
        for (size_t i = 0; i < indices.size(); i++)
            append(i < held_out ? split.held_out : split.training, all, indices[i]);
    }
    return split;
}

void copy_shifted(const float* image, int rows, int columns, float* shifted) {
    for (int y = 0; y < image_side; y++)
        for (int x = 0; x < image_side; x++) {
            const int from_y = y - rows, from_x = x - columns;
            const bool inside = from_y >= 0 && from_y < image_side && from_x >= 0 && from_x < image_side;
            shifted[y * image_side + x] = inside ? image[from_y * image_side + from_x] : 0.0f;
        }
}

}  // namespace digits
