#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "arguments.h"
#include "keras_object.h"
#include "model/images.h"
#include "model/model_layer.h"
#include "shape_text.h"

namespace lcn::tool {

namespace {

// The windows along one side of an image. `same` is TensorFlow's SAME: the smaller half of what is missing
// lies before the image.
struct Windows {
    int64_t size, stride;
    bool same;

    int64_t count(int64_t input) const { return (same ? input - 1 : input - size) / stride + 1; }
    int64_t before(int64_t input) const {
        return same ? std::max<int64_t>((count(input) - 1) * stride + size - input, 0) / 2 : 0;
    }
    int64_t begin(int64_t k, int64_t input) const { return std::max<int64_t>(k * stride - before(input), 0); }
    int64_t end(int64_t k, int64_t input) const { return std::min(k * stride - before(input) + size, input); }
};

// The values of a window, one after the other; those outside the image do not count.
struct Average {
    double sum = 0;
    int64_t count = 0;
    void add(float value) { sum += value, count++; }
    float result() const { return float(sum / double(count)); }
};

struct Maximum {
    float largest = -std::numeric_limits<float>::infinity();
    void add(float value) {
        if (value > largest || std::isnan(value)) largest = value;
    }
    float result() const { return largest; }
};

template <typename Statistic>
Tensor pool(const Tensor& input, const Images& from, Tensor output, const Images& to, const Windows& rows,
            const Windows& columns) {
    output.values.resize(size_t(checked_count(output.shape)));
    for (int64_t n = 0; n < to.batch; n++)
        for (int64_t r = 0; r < to.rows; r++)
            for (int64_t q = 0; q < to.columns; q++)
                for (int64_t c = 0; c < to.channels; c++) {
                    Statistic statistic;
                    for (int64_t y = rows.begin(r, from.rows); y < rows.end(r, from.rows); y++)
                        for (int64_t x = columns.begin(q, from.columns); x < columns.end(q, from.columns);
                             x++)
                            statistic.add(input.values[from.index(n, y, x, c)]);
                    output.values[to.index(n, r, q, c)] = statistic.result();
                }
    return output;
}

Tensor pool(bool average, const Tensor& input, const Images& from, Shape shape, const Images& to,
            const Windows& rows, const Windows& columns) {
    const auto statistic = average ? pool<Average> : pool<Maximum>;
    return statistic(input, from, {std::move(shape), {}}, to, rows, columns);
}

class Pooling : public ModelLayer {
  public:
    Pooling(bool average, ImageFormat format, Windows rows, Windows columns)
        : average_(average), format_(format), rows_(rows), columns_(columns) {}

    Shape output_shape(const Shape& input) const override {
        Images images = format_.images(input);
        if (!rows_.same && (rows_.size > images.rows || columns_.size > images.columns))
            layer::refuse("input shape", layer::shape_json(input), "an image that pool_size fits in");
        images.rows = rows_.count(images.rows);
        images.columns = columns_.count(images.columns);
        return format_.shape(images);
    }

    Tensor run(Tensor input) override {
        const Shape output = output_shape(input.shape);
        return pool(average_, input, format_.images(input.shape), output, format_.images(output), rows_,
                    columns_);
    }

  private:
    bool average_;
    ImageFormat format_;
    Windows rows_, columns_;
};

class GlobalPooling : public ModelLayer {
  public:
    GlobalPooling(bool average, ImageFormat format, bool keep_dimensions)
        : average_(average), format_(format), keep_dimensions_(keep_dimensions) {}

    Shape output_shape(const Shape& input) const override {
        const Images images = format_.images(input);
        return keep_dimensions_ ? format_.shape(pooled(images)) : Shape{images.batch, images.channels};
    }

    Tensor run(Tensor input) override {
        const Images images = format_.images(input.shape);
        return pool(average_, input, images, output_shape(input.shape), pooled(images),
                    {images.rows, 1, false}, {images.columns, 1, false});
    }

  private:
    static Images pooled(Images images) {
        images.rows = images.columns = 1;
        return images;
    }

    bool average_;
    ImageFormat format_;
    bool keep_dimensions_;
};

bool is_average(const std::string& class_name) {
    return class_name.find("Average") != std::string::npos;
}

ImageFormat pooling_format(const std::string& class_name, LayerOptions& options) {
    const int dimensions = dimensions_of(class_name);
    return {dimensions,
            options.channels_first(dimensions == 1 ? "channels_last" : layer::default_data_format())};
}

}  // namespace

LayerPointer make_pooling(const std::string& class_name, LayerOptions& options) {
    const ImageFormat format = pooling_format(class_name, options);
    const bool same = options.choice("padding", "valid", "same") == "same";
    const size_t count = size_t(format.dimensions);
    std::vector<int64_t> size = options.sizes("pool_size", count, 1, std::vector<int64_t>(count, 2));
    std::vector<int64_t> strides = options.sizes("strides", count, 1, size);
    size.resize(2, 1);
    strides.resize(2, 1);
    return std::make_unique<Pooling>(is_average(class_name), format, Windows{size[0], strides[0], same},
                                     Windows{size[1], strides[1], same});
}

LayerPointer make_global_pooling(const std::string& class_name, LayerOptions& options) {
    const ImageFormat format = pooling_format(class_name, options);
    return std::make_unique<GlobalPooling>(is_average(class_name), format, options.truth("keepdims", false));
}

}  // namespace lcn::tool
