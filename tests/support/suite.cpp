#include "suite.h"

#include <algorithm>

namespace lcn_test {

const std::vector<SuiteShape>& suite_shapes() {
    // clang-format off
    static const std::vector<SuiteShape> shapes = {
        {"keras_doc_1",      32, 32, 3,    3, 3, 1, 1, false, 64,   {1, 8, 32, 128}},
        {"keras_doc_2",      30, 30, 64,   3, 3, 1, 1, false, 32,   {1, 8, 32, 128}},
        {"deepface_L4",      63, 63, 16,   9, 9, 1, 1, false, 16,   {1, 32}},
        {"deepface_L5",      55, 55, 16,   7, 7, 2, 2, false, 16,   {1, 32}},
        {"deepface_L6",      25, 25, 16,   5, 5, 1, 1, false, 16,   {1, 32}},
        {"facer_k9",         50, 50, 32,   9, 9, 1, 1, false, 32,   {1, 32}},
        {"facer_new3b",    152, 152, 32,   3, 3, 1, 1, false, 32,   {1}},
        {"yolov1_local",       7, 7, 1024, 3, 3, 1, 1, true,  256,  {1, 8}},
        {"cifar11_local3",     8, 8, 64,   3, 3, 1, 1, true,  64,   {1, 128}},
        {"cifar11_local4",     8, 8, 64,   3, 3, 1, 1, true,  32,   {1, 128}},
        {"deepid_conv4",       5, 4, 60,   2, 2, 1, 1, false, 80,   {1, 64}},
        {"alltnn_0",       150, 150, 3,    7, 7, 3, 3, false, 64,   {1, 32, 512}},
        {"alltnn_1",         24, 24, 64,   3, 3, 1, 1, false, 81,   {1, 32, 512}},
        {"alltnn_2",         22, 22, 81,   3, 3, 1, 1, false, 81,   {1, 32, 512}},
        {"alltnn_4",           8, 8, 256,  3, 3, 1, 1, false, 256,  {1, 32, 512}},
        {"alltnn_5",           3, 3, 256,  3, 3, 1, 1, false, 2500, {1, 32, 512}},
        {"lcresnet20_s1",    32, 32, 16,   3, 3, 1, 1, true,  16,   {1, 512}},
        {"lcresnet20_s2a",   32, 32, 16,   3, 3, 2, 2, true,  32,   {1, 512}},
        {"lcresnet18_conv1", 224, 224, 3,  7, 7, 2, 2, true,  32,   {1, 32}},
        {"lcresnet18_l1",    56, 56, 32,   3, 3, 1, 1, true,  32,   {1, 32, 256}},
        {"lcresnet18_l4b",     7, 7, 256,  3, 3, 1, 1, true,  256,  {1, 32, 256}},
        {"lagan_G1",         18, 18, 64,   5, 5, 1, 1, false, 6,    {1, 100}},
        {"lagan_G3",         26, 26, 6,    2, 2, 1, 1, false, 1,    {1, 100}},
        {"lagan_D2",         17, 17, 8,    5, 5, 1, 1, false, 8,    {1, 100}},
        {"calo0_D1",          5, 98, 64,   3, 3, 1, 2, false, 16,   {1, 256}},
        {"calo0_G2",          4, 97, 6,    2, 2, 1, 1, false, 1,    {1, 256}},
        {"deepweather_k1", 361, 720, 7,    1, 1, 1, 1, false, 1,    {1, 2}},
        {"deepweather_k3", 361, 720, 7,    3, 3, 1, 1, true,  1,    {1, 2}},
        {"flux_post256",   256, 256, 4,    1, 1, 1, 1, false, 2,    {1, 32}},
        {"emg_capgmyo",       16, 8, 64,   1, 1, 1, 1, false, 64,   {1, 1000}},
        {"cunn232",          64, 64, 1,    3, 3, 1, 1, true,  16,   {64}},
        {"acl_1",            27, 23, 5,    3, 3, 1, 2, false, 21,   {1, 4, 5}},
        {"acl_2",            31, 17, 2,    5, 5, 2, 1, true,  19,   {1, 4, 5}},
        {"acl_3",            27, 33, 7,    7, 5, 2, 3, false, 16,   {1, 4, 5}},
        {"acl_4",              1, 1, 1024, 1, 1, 1, 1, false, 1001, {1, 4, 5}},
        {"mobile_face",      25, 25, 16,   5, 5, 1, 1, false, 16,   {1}},
    };
    // clang-format on
    return shapes;
}

reference::Layer SuiteShape::layer(int64_t batch) const {
    return {batch,          rows,        columns,        channels, filters, kernel_rows,
            kernel_columns, stride_rows, stride_columns, same,     false};
}

reference::Layer SuiteShape::small_layer(int64_t batch) const {
    reference::Layer l = layer(batch);
    l.rows = std::min(rows, kernel_rows + (same ? 0 : stride_rows));
    l.columns = std::min(columns, kernel_columns + (same ? 0 : 2 * stride_columns));
    return l;
}

}  // namespace lcn_test
