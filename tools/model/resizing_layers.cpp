// ZeroPadding, Cropping and UpSampling: every value of the output is one of the input, or 0.
#include <stdexcept>

#include "arguments.h"
#include "keras_object.h"
#include "model/images.h"
#include "model/model_layer.h"
#include "shape_text.h"

namespace lcn::tool {

using layer::refuse;
using layer::shape_json;
using nlohmann::json;

namespace {

// output[k] = input[floor(k / repeats) - before], 0 outside
struct Axis {
    int64_t before = 0, after = 0;  // negative: cropped
    int64_t repeats = 1;

    int64_t output(int64_t input) const { return input * repeats + before + after; }
    int64_t source(int64_t output) const { return output / repeats - before; }
};

class Resizing : public ModelLayer {
  public:
    Resizing(ImageFormat format, Axis rows, Axis columns) : format_(format), rows_(rows), columns_(columns) {}

    Shape output_shape(const Shape& input) const override {
        Images images = format_.images(input);
        images.rows = rows_.output(images.rows);
        images.columns = columns_.output(images.columns);
        if (images.rows <= 0 || images.columns <= 0)
            refuse("input shape", shape_json(input), "more rows and columns than are cropped");
        return format_.shape(images);
    }

    Tensor run(Tensor input) override {
        Tensor output{output_shape(input.shape), {}};
        output.values.resize(size_t(checked_count(output.shape)));
        const Images from = format_.images(input.shape), to = format_.images(output.shape);
        for (int64_t n = 0; n < to.batch; n++)
            for (int64_t r = 0; r < to.rows; r++)
                for (int64_t q = 0; q < to.columns; q++) {
                    const int64_t y = rows_.source(r), x = columns_.source(q);
                    if (y < 0 || y >= from.rows || x < 0 || x >= from.columns) continue;
                    for (int64_t c = 0; c < to.channels; c++)
                        output.values[to.index(n, r, q, c)] = input.values[from.index(n, y, x, c)];
                }
        return output;
    }

  private:
    ImageFormat format_;
    Axis rows_, columns_;
};

// 1-D layers of this kind have no data_format.
ImageFormat resizing_format(const std::string& class_name, LayerOptions& options) {
    const int dimensions = dimensions_of(class_name);
    return {dimensions, dimensions == 2 && options.channels_first(layer::default_data_format())};
}

Axis pair(const std::string& key, const json& value) {
    if (!value.is_array()) {
        const int64_t both = small_integer(key, value, 0);
        return {both, both};
    }
    if (value.size() != 2) refuse(key, value, "an integer or a list of 2");
    return {small_integer(key, value[0], 0), small_integer(key, value[1], 0)};
}

struct Axes {
    Axis rows, columns;
};

// 2-D: 3, [1, 2] for rows and columns, or [[top, bottom], [left, right]]; 1-D: 3 or [before, after].
Axes amounts(const std::string& key, int dimensions, LayerOptions& options, const json& otherwise) {
    const json& given = options.get(key);
    const json& value = given.is_null() ? otherwise : given;
    if (dimensions == 1) return {pair(key, value), {}};
    if (!value.is_array()) return {pair(key, value), pair(key, value)};
    if (value.size() != 2) refuse(key, value, "an integer, a list of 2 or a list of 2 lists of 2");
    return {pair(key, value[0]), pair(key, value[1])};
}

}  // namespace

LayerPointer make_zero_padding(const std::string& class_name, LayerOptions& options) {
    const ImageFormat format = resizing_format(class_name, options);
    const Axes axes = amounts("padding", format.dimensions, options, 1);
    return std::make_unique<Resizing>(format, axes.rows, axes.columns);
}

LayerPointer make_cropping(const std::string& class_name, LayerOptions& options) {
    const ImageFormat format = resizing_format(class_name, options);
    const Axes axes = amounts("cropping", format.dimensions, options, format.dimensions == 1 ? 1 : 0);
    const auto cropped = [](const Axis& axis) { return Axis{-axis.before, -axis.after}; };
    return std::make_unique<Resizing>(format, cropped(axes.rows), cropped(axes.columns));
}

LayerPointer make_up_sampling(const std::string& class_name, LayerOptions& options) {
    const ImageFormat format = resizing_format(class_name, options);
    if (const json& given = options.get("interpolation"); !given.is_null() && given != "nearest")
        refuse("interpolation", given, "\"nearest\"");
    const std::vector<int64_t> size = options.sizes("size", size_t(format.dimensions), 1, {2, 2});
    return std::make_unique<Resizing>(format, Axis{0, 0, size[0]},
                                      Axis{0, 0, format.dimensions == 2 ? size[1] : 1});
}

}  // namespace lcn::tool
