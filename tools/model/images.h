// Images of either data format inside a tensor. Sequences (N, L, C) or (N, C, L) are images of one column.
#pragma once

#include <string>

#include "lcn/layer.h"

namespace lcn::tool {

struct Images {
    int64_t batch, rows, columns, channels;
    bool channels_first;

    size_t index(int64_t n, int64_t y, int64_t x, int64_t c) const {
        return size_t(channels_first ? ((n * channels + c) * rows + y) * columns + x
                                     : ((n * rows + y) * columns + x) * channels + c);
    }
};

struct ImageFormat {
    int dimensions;  // 1: sequences
    bool channels_first;

    // Throws std::invalid_argument when the shape has another number of dimensions.
    Images images(const Shape& shape) const;
    Shape shape(const Images& images) const;
};

// 1 or 2: what a class name ends in, "MaxPooling2D".
int dimensions_of(const std::string& class_name);

}  // namespace lcn::tool
