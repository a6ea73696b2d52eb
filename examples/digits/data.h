// The digits: 8 x 8 images of 0 to 16 and the digit each one shows.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace digits {

constexpr int image_side = 8;
constexpr int image_size = image_side * image_side;
constexpr int classes = 10;

struct Dataset {
    std::vector<float> images;  // [count][8][8], 0 (paper) to 1 (ink)
    std::vector<int> labels;    // [count], 0 to 9

    int64_t count() const { return int64_t(labels.size()); }
};

// Reads lines of 64 pixels and a label, separated by commas. Throws std::runtime_error with the path, the
// line and what is wrong with it.
Dataset read_digits(const std::string& path);

struct Split {
    Dataset training, held_out;
};

// Holds out a random fifth of each digit's images. Throws std::runtime_error when a digit has fewer than
// five.
Split hold_out_fifth(const Dataset& all, std::mt19937& random);

// Copies an image, moved by `rows` down and `columns` to the right; what comes in from outside is paper.
void copy_shifted(const float* image, int rows, int columns, float* shifted);

}  // namespace digits
