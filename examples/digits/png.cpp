#include "png.h"

#include <algorithm>
#include <string_view>

namespace digits {

namespace {

void append_big_endian(std::string& to, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) to += char(value >> shift);
}

uint32_t crc32(std::string_view bytes) {
    uint32_t crc = ~0u;
    for (char byte : bytes) {
        crc ^= uint8_t(byte);
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0u);
    }
    return ~crc;
}

uint32_t adler32(std::string_view bytes) {
    uint32_t a = 1, b = 0;
    for (char byte : bytes) {
        a = (a + uint8_t(byte)) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

// One block of deflate (RFC 1951) with its fixed Huffman codes.
class Deflate {
  public:
    Deflate() {
        bits(1, 1);  // the last block
        bits(1, 2);  // fixed codes
    }

    // Runs of one byte become copies at distance 1, of lengths whose codes have no extra bits.
    std::string compress(std::string_view bytes) {
        for (size_t i = 0; i < bytes.size();) {
            symbol(uint8_t(bytes[i]));
            size_t run = std::min(bytes.find_first_not_of(bytes[i], i), bytes.size()) - i - 1;
            i += 1;
            while (run >= 3) {
                const size_t length = run >= 258 ? 258 : std::min<size_t>(run, 10);
                symbol(length == 258 ? 285 : 254 + int(length));
                code(0, 5);  // distance 1
                run -= length;
                i += length;
            }
        }
        symbol(256);
        bits(0, 7);  // fills the last byte
        return std::move(out_);
    }

  private:
    void bits(uint32_t value, int count) {
        for (int bit = 0; bit < count; bit++) {
            held_ |= (value >> bit & 1) << held_bits_;
            if (++held_bits_ < 8) continue;
            out_ += char(held_);
            held_ = 0;
            held_bits_ = 0;
        }
    }

    // Huffman codes start with their highest bit, everything else with the lowest.
    void code(uint32_t value, int count) {
        while (count-- > 0) bits(value >> count & 1, 1);
    }

    void symbol(int s) {
        struct Range {
            int end;
            int code_of_zero, length;
        };
        static constexpr Range ranges[] = {
            {144, 0x30, 8}, {256, 0x190 - 144, 9}, {280, -256, 7}, {288, 0xc0 - 280, 8}};
        const Range* range = ranges;
        while (s >= range->end) range++;
        code(uint32_t(s + range->code_of_zero), range->length);
    }

    std::string out_;
    uint32_t held_ = 0;
    int held_bits_ = 0;
};

std::string zlib(std::string_view bytes) {
    std::string out = "\x78\x01" + Deflate().compress(bytes);
    append_big_endian(out, adler32(bytes));
    return out;
}

void append_chunk(std::string& png, std::string_view type, std::string_view data) {
    append_big_endian(png, uint32_t(data.size()));
    const std::string checked = std::string(type) + std::string(data);
    png += checked;
    append_big_endian(png, crc32(checked));
}

std::string header(const Picture& picture) {
    std::string data;
    append_big_endian(data, uint32_t(picture.width));
    append_big_endian(data, uint32_t(picture.height));
    data += {8, 3, 0, 0, 0};  // bits per pixel, palette, deflate, the five filters, not interlaced
    return data;
}

// Each row as its difference from the one above (filter 2), so that equal rows are zeros.
std::string filtered_rows(const Picture& picture) {
    const auto width = size_t(picture.width);
    std::string rows;
    for (size_t y = 0; y < size_t(picture.height); y++) {
        rows += '\2';
        const uint8_t* row = &picture.pixels[y * width];
        for (size_t x = 0; x < width; x++) rows += char(row[x] - (y > 0 ? row[x - width] : 0));
    }
    return rows;
}

}  // namespace

std::string encode_png(const Picture& picture) {
    std::string palette;
    for (const Colour& colour : picture.palette) palette.append(colour.begin(), colour.end());

    std::string png = "\x89PNG\r\n\x1a\n";
    append_chunk(png, "IHDR", header(picture));
    append_chunk(png, "PLTE", palette);
    append_chunk(png, "IDAT", zlib(filtered_rows(picture)));
    append_chunk(png, "IEND", "");
    return png;
}

}  // namespace digits
