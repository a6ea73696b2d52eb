// A small writer of PNG pictures, for pictures of few colours in large flat areas.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace digits {

using Colour = std::array<uint8_t, 3>;  // red, green, blue

struct Picture {
    int width, height;
    std::vector<Colour> palette;  // at most 256
    std::vector<uint8_t> pixels;  // [height][width], places in the palette
};

// The bytes of a PNG file (ISO/IEC 15948): 8 bits per pixel, not interlaced.
std::string encode_png(const Picture& picture);

}  // namespace digits
