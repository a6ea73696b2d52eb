// lcn_add_model(): the locally connected layers of Keras's recorded networks, as libraries of their own, give
// what Keras recorded.
#include <gtest/gtest.h>

#include <cmath>

#include "lcn/safetensors.h"
#include "network_first.h"
#include "network_last.h"

namespace {

using lcn::Tensor;

// What forward makes of the tensors of a layer, the kernel packed.
template <typename Forward>
std::vector<float> run(Forward&& forward, lcn::Status (*workspace_bytes)(int64_t batch, int64_t& bytes),
                       int64_t batch, int64_t output_size) {
    int64_t bytes = 0;
    EXPECT_TRUE(workspace_bytes(batch, bytes).ok());
    std::vector<char> memory(size_t(bytes) + 1);
    std::vector<float> output(size_t(batch * output_size));
    const lcn::Status status = forward(output.data(), lcn::Workspace{memory.data(), bytes});
    EXPECT_TRUE(status.ok()) << status.message;
    return output;
}

// No layer sums more than 75 terms; each may round what Keras's float32 rounded otherwise.
void expect_close(const std::vector<float>& actual, const Tensor& expected) {
    ASSERT_EQ(actual.size(), expected.values.size());
    float largest = 1;
    for (const float value : expected.values) largest = std::max(largest, std::fabs(value));
    for (size_t k = 0; k < actual.size(); k++)
        ASSERT_LE(std::fabs(actual[k] - expected.values[k]), 75 * std::ldexp(largest, -23)) << k;
}

#define LCN_EXPECT_LAYER(file, function, layer, input_name, output_name, pack)                              \
    do {                                                                                                    \
        const Tensor input = file.read(input_name), bias = file.read(layer "/bias");                        \
        const std::vector<float> kernel = pack(file.read(layer "/kernel"));                                 \
        const int64_t batch = input.shape[0];                                                               \
        expect_close(run(                                                                                   \
                         [&](float* output, lcn::Workspace workspace) {                                     \
                             return function(batch, input.values.data(), kernel.data(), bias.values.data(), \
                                             output, workspace);                                            \
                         },                                                                                 \
                         function##_workspace_bytes, batch, function##_output_size),                        \
                     file.read(output_name));                                                               \
    } while (false)

TEST(AddModel, RunsTheLayersOfAModelOfImplementation1) {
    lcn::SafetensorsFile file(LCN_CASES "/models/net_i1_cl.io.safetensors");
    const auto as_it_is = [](Tensor kernel) { return kernel.values; };
    LCN_EXPECT_LAYER(file, network_first_local_a, "local_a", "input", "local_a_output", as_it_is);
    LCN_EXPECT_LAYER(file, network_first_local_b, "local_b", "local_a_output", "local_b_output", as_it_is);
}

TEST(AddModel, PacksTheKernelsOfImplementation3) {
    lcn::SafetensorsFile file(LCN_CASES "/models/net_i3_cf.io.safetensors");
    const auto packed_a = [](const Tensor& keras) {
        EXPECT_EQ(int64_t(keras.values.size()), network_last_local_a_keras_kernel_size);
        std::vector<float> kernel(network_last_local_a_kernel_size);
        EXPECT_TRUE(network_last_local_a_pack_kernel(keras.values.data(), kernel.data()).ok());
        return kernel;
    };
    LCN_EXPECT_LAYER(file, network_last_local_a, "local_a", "input", "local_a_output", packed_a);
}

TEST(AddModel, HasOneTableForAllLayers) {
    EXPECT_GT(network_first_kernel_count(), 0);
    ASSERT_TRUE(network_first_set_target("portable").ok());
    const char* name = nullptr;
    ASSERT_TRUE(network_first_target(name).ok());
    EXPECT_STREQ(name, "portable");
    ASSERT_TRUE(network_first_set_target(nullptr).ok());
}

}  // namespace
