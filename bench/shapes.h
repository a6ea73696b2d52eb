// Layers of real models: the suite for benchmarks and tuning, and, scaled down, for tests.
#pragma once

#include <cstdint>

namespace bench {

struct Shape {
    const char* id;
    int rows, columns, channels;  // of the input
    int kernel_rows, kernel_columns;
    int stride_rows, stride_columns;
    bool same;  // padding: Keras's `same`, else `valid`
    int filters;
    int batches[4];  // worth measuring; unused entries are 0
    bool trained;    // the backward passes count too

    int64_t output_rows() const { return extent(rows, kernel_rows, stride_rows); }
    int64_t output_columns() const { return extent(columns, kernel_columns, stride_columns); }
    int64_t positions() const { return output_rows() * output_columns(); }
    int64_t taps() const { return int64_t(kernel_rows) * kernel_columns * channels; }
    int64_t weights() const { return positions() * taps() * filters; }  // without bias

  private:
    int64_t extent(int input, int kernel, int stride) const {
        return same ? (input + stride - 1) / stride : (input - kernel) / stride + 1;
    }
};

// clang-format off
inline constexpr bool valid = false, same = true, trained = true, forward_only = false;

inline constexpr Shape shapes[] = {
    // id                 rows cols chan  kernel stride padding filt  batches
    // The example of Keras's documentation: small windows, bound by its output at large batches; its second layer.
    {"keras_doc_1",        32,  32,    3,  3, 3,  1, 1, valid,   64, {1, 8, 32, 128}, trained},
    {"keras_doc_2",        30,  30,   64,  3, 3,  1, 1, valid,   32, {1, 8, 32, 128}, trained},
    // DeepFace (Taigman 2014): weight bandwidth; stride 2.
    {"deepface_L4",        63,  63,   16,  9, 9,  1, 1, valid,   16, {1, 32},         trained},
    {"deepface_L5",        55,  55,   16,  7, 7,  2, 2, valid,   16, {1, 32},         trained},
    {"deepface_L6",        25,  25,   16,  5, 5,  1, 1, valid,   16, {1, 32},         trained},
    // Facebook's benchmark list: 558 and 791 MB of weights.
    {"facer_k9",           50,  50,   32,  9, 9,  1, 1, valid,   32, {1, 32},         trained},
    {"facer_new3b",       152, 152,   32,  3, 3,  1, 1, valid,   32, {1},             forward_only},
    // YOLO v1's [local] layer: few positions, huge windows.
    {"yolov1_local",        7,   7, 1024,  3, 3,  1, 1, same,   256, {1, 8},          forward_only},
    // cuda-convnet's CIFAR-10 networks.
    {"cifar11_local3",      8,   8,   64,  3, 3,  1, 1, same,    64, {1, 128},        trained},
    {"cifar11_local4",      8,   8,   64,  3, 3,  1, 1, same,    32, {1, 128},        trained},
    // DeepID: tiny image, even kernel.
    {"deepid_conv4",        5,   4,   60,  2, 2,  1, 1, valid,   80, {1, 64},         trained},
    // All-TNN (Lu 2025), trained at batch 512: stride 3; 81 filters and channels, which no vector width divides;
    // one position, an ordinary dense layer.
    {"alltnn_0",          150, 150,    3,  7, 7,  3, 3, valid,   64, {1, 32, 512},    trained},
    {"alltnn_1",           24,  24,   64,  3, 3,  1, 1, valid,   81, {1, 32, 512},    trained},
    {"alltnn_2",           22,  22,   81,  3, 3,  1, 1, valid,   81, {1, 32, 512},    trained},
    {"alltnn_4",            8,   8,  256,  3, 3,  1, 1, valid,  256, {1, 32, 512},    trained},
    {"alltnn_5",            3,   3,  256,  3, 3,  1, 1, valid, 2500, {1, 32, 512},    trained},
    // Locally connected ResNets (Pogodin 2021), trained at batch 512 (20 layers) and 256 (18 layers).
    {"lcresnet20_s1",      32,  32,   16,  3, 3,  1, 1, same,    16, {1, 512},        trained},
    {"lcresnet20_s2a",     32,  32,   16,  3, 3,  2, 2, same,    32, {1, 512},        trained},
    {"lcresnet18_conv1",  224, 224,    3,  7, 7,  2, 2, same,    32, {1, 32},         trained},
    {"lcresnet18_l1",      56,  56,   32,  3, 3,  1, 1, same,    32, {1, 32, 256},    trained},
    {"lcresnet18_l4b",      7,   7,  256,  3, 3,  1, 1, same,   256, {1, 32, 256},    trained},
    // LAGAN and CaloGAN (calorimeter images): 6 filters, 1 filter, strides that differ by axis.
    {"lagan_G1",           18,  18,   64,  5, 5,  1, 1, valid,    6, {1, 100},        trained},
    {"lagan_G3",           26,  26,    6,  2, 2,  1, 1, valid,    1, {1, 100},        trained},
    {"lagan_D2",           17,  17,    8,  5, 5,  1, 1, valid,    8, {1, 100},        trained},
    {"calo0_D1",            5,  98,   64,  3, 3,  1, 2, valid,   16, {1, 256},        trained},
    {"calo0_G2",            4,  97,    6,  2, 2,  1, 1, valid,    1, {1, 256},        trained},
    // Weather: a huge image, tiny windows, one filter.
    {"deepweather_k1",    361, 720,    7,  1, 1,  1, 1, valid,    1, {1, 2},          forward_only},
    {"deepweather_k3",    361, 720,    7,  3, 3,  1, 1, same,     1, {1, 2},          forward_only},
    // 1x1 kernels: a dense layer per pixel.
    {"flux_post256",      256, 256,    4,  1, 1,  1, 1, valid,    2, {1, 32},         trained},
    {"emg_capgmyo",        16,   8,   64,  1, 1,  1, 1, valid,   64, {1, 1000},       trained},
    // Torch7's slow case on record: one channel.
    {"cunn232",            64,  64,    1,  3, 3,  1, 1, same,    16, {64},            trained},
    // The Arm Compute Library's conformance shapes: everything odd.
    {"acl_1",              27,  23,    5,  3, 3,  1, 2, valid,   21, {1, 4, 5},       trained},
    {"acl_2",              31,  17,    2,  5, 5,  2, 1, same,    19, {1, 4, 5},       trained},
    {"acl_3",              27,  33,    7,  7, 5,  2, 3, valid,   16, {1, 4, 5},       trained},
    {"acl_4",               1,   1, 1024,  1, 1,  1, 1, valid, 1001, {1, 4, 5},       trained},
    // mobile_face (deepface_L6 in half precision) joins with half-precision kernels.
};
// clang-format on

}  // namespace bench
