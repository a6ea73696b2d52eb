#include <unistd.h>

#include <stdexcept>

#include "model/model_layer.h"
#include "shape_text.h"

namespace lcn::tool {

namespace {

const std::map<std::string, MakeLayer> makers = {
    {"InputLayer", make_identity},
    {"LocallyConnected1D", make_locally_connected},
    {"LocallyConnected2D", make_locally_connected},
    {"Dense", make_dense},
    {"BatchNormalization", make_batch_normalization},
    {"Activation", make_activation},
    {"ReLU", make_activation_layer},
    {"LeakyReLU", make_activation_layer},
    {"ELU", make_activation_layer},
    {"ThresholdedReLU", make_activation_layer},
    {"Softmax", make_activation_layer},
    {"Dropout", make_identity},
    {"SpatialDropout1D", make_identity},
    {"SpatialDropout2D", make_identity},
    {"AlphaDropout", make_identity},
    {"GaussianDropout", make_identity},
    {"GaussianNoise", make_identity},
    {"ActivityRegularization", make_identity},
    {"Flatten", make_flatten},
    {"Reshape", make_reshape},
    {"Permute", make_permute},
    {"ZeroPadding1D", make_zero_padding},
    {"ZeroPadding2D", make_zero_padding},
    {"Cropping1D", make_cropping},
    {"Cropping2D", make_cropping},
    {"UpSampling1D", make_up_sampling},
    {"UpSampling2D", make_up_sampling},
    {"MaxPooling1D", make_pooling},
    {"MaxPooling2D", make_pooling},
    {"AveragePooling1D", make_pooling},
    {"AveragePooling2D", make_pooling},
    {"GlobalMaxPooling1D", make_global_pooling},
    {"GlobalMaxPooling2D", make_global_pooling},
    {"GlobalAveragePooling1D", make_global_pooling},
    {"GlobalAveragePooling2D", make_global_pooling},
};

}  // namespace

LayerPointer make_layer(const std::string& class_name, LayerOptions& options) {
    const auto maker = makers.find(class_name);
    if (maker == makers.end()) return nullptr;
    LayerPointer layer = maker->second(class_name, options);
    options.refuse_unknown_keys();
    return layer;
}

std::string known_layers() {
    std::string list;
    for (const auto& [name, maker] : makers) list += (list.empty() ? "" : ", ") + name;
    return list;
}

int64_t checked_count(const Shape& shape) {
    const int64_t memory = int64_t(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
    int64_t count = 1;
    for (const int64_t size : shape)
        if (__builtin_mul_overflow(count, size, &count) || count > memory / int64_t(sizeof(float)))
            throw std::invalid_argument("a tensor of shape " + layer::to_string(shape) +
                                        " is larger than this machine's memory");
    return count;
}

}  // namespace lcn::tool
