#include "model/images.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "keras_object.h"
#include "shape_text.h"

namespace lcn::tool {

Images ImageFormat::images(const Shape& shape) const {
    const size_t rank = size_t(dimensions) + 2, rows = channels_first ? 2 : 1;
    if (shape.size() != rank)
        layer::refuse("input shape", layer::shape_json(shape),
                      std::to_string(rank) + " dimensions, the batch first");
    for (const int64_t size : shape)  // so that sums and products of a size and an option fit
        if (size > std::numeric_limits<int32_t>::max())
            layer::refuse("input shape", layer::shape_json(shape), "sizes of at most 2147483647");
    return {shape[0], shape[rows], dimensions == 2 ? shape[rows + 1] : 1,
            channels_first ? shape[1] : shape.back(), channels_first};
}

Shape ImageFormat::shape(const Images& images) const {
    Shape shape = {images.batch, images.rows};
    if (dimensions == 2) shape.push_back(images.columns);
    shape.insert(channels_first ? shape.begin() + 1 : shape.end(), images.channels);
    return shape;
}

int dimensions_of(const std::string& class_name) {
    return class_name[class_name.size() - 2] - '0';
}

}  // namespace lcn::tool
