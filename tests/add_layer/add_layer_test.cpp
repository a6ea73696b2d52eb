// lcn_add_layer(): libraries of one layer have the bits of the general kernels, run their own, and say what
// they are.
#include <cstdlib>
#include <cstring>

#include "../support/child.h"
#include "../support/cut_small_work.h"
#include "../support/gates.h"
#include "../support/target_test.h"
#include "layers.h"
#include "lcn/layer.h"
#include "planes.h"
#include "sparse.h"

namespace lcn_test {

namespace {

using lcn::Operation;
using lcn::Status;

// Runs the operation in a workspace of its own size; what it wrote.
Results results(const LayerCalls& calls, const OwnLayer& layer, Operation operation, int64_t batch,
                bool accumulate, const Operands& o) {
    int64_t bytes = 0;
    Status status = calls.workspace_bytes[int(operation)](batch, bytes);
    EXPECT_TRUE(status.ok()) << status.message;
    GuardedFloats memory(bytes / 4);
    const lcn::Workspace workspace{memory.data(), bytes};
    const float* bias = layer.bias ? o.bias.data() : nullptr;
    Results written;
    if (operation == Operation::forward) {
        written.resize(2, Floats(o.output_gradient.size()));
        status = calls.forward(batch, o.input.data(), o.kernel.data(), bias, written[0].data(), workspace,
                               written[1].data());
    } else if (operation == Operation::backward_input) {
        written.resize(1, Floats(o.input.size()));
        status = calls.backward_input(batch, o.output_gradient.data(), o.kernel.data(), written[0].data(),
                                      workspace);
    } else {
        written = {o.kernel_gradient, o.bias_gradient};
        status =
            calls.backward_weights(batch, o.input.data(), o.output_gradient.data(), written[0].data(),
                                   layer.bias ? written[1].data() : nullptr,
                                   accumulate ? lcn::Update::accumulate : lcn::Update::overwrite, workspace);
    }
    EXPECT_TRUE(status.ok()) << status.message;
    EXPECT_TRUE(memory.surroundings_intact());
    return written;
}

std::vector<Operation> operations_of(const OwnLayer& layer) {
    std::vector<Operation> built;
    for (const Operation operation : operations)
        if (layer.calls.workspace_bytes[int(operation)]) built.push_back(operation);
    return built;
}

Operands operands_of(const OwnLayer& layer, int64_t batch, uint64_t seed) {
    reference::Layer shape = layer.shape;
    shape.batch = batch;
    Random random(seed);
    return real_operands(shape, random);
}

// Whether a kernel with the shape of a call compiled in has run; all that ran are of `target`.
bool ran_fixed(const OwnLayer& layer, const std::string& target) {
    bool fixed = false;
    for (int k = 0; k < layer.kernel_count(); k++) {
        const lcn::KernelInfo kernel = layer.kernel_info(k);
        if (!kernel.ran) continue;
        EXPECT_EQ(kernel.target, target) << kernel.symbol;
        fixed |= std::strstr(kernel.symbol, "_fixed") != nullptr;
    }
    return fixed;
}

class AddLayer : public TargetTest {
  protected:
    void SetUp() override {
        TargetTest::SetUp();
        if (IsSkipped()) return;
        for (const OwnLayer& layer : own_layers())
            if (!layer.set_target(GetParam().c_str()).ok())
                GTEST_SKIP() << "no layer is built for " << GetParam();
    }
    void TearDown() override {
        TargetTest::TearDown();
        for (const OwnLayer& layer : own_layers()) layer.set_target(nullptr);
        lcn::set_threads(1);
    }
};

TEST_P(AddLayer, has_the_bits_of_the_general_kernels) {
    for (const OwnLayer& layer : own_layers())
        for (const Operation operation : operations_of(layer))
            for (const int64_t batch : {1, 2, 3, 5, 8, 9, 32, 33}) {
                const Operands o = operands_of(layer, batch, uint64_t(batch));
                for (const int threads : {1, 2, -2, 3, -3, 7, 16})
                    for (const bool accumulate : {false, true}) {
                        if (accumulate && operation != Operation::backward_weights) continue;
                        // Negative: as many of them as have enough to do.
                        lcn::least_nanoseconds = threads < 0 ? lcn::usual_least_nanoseconds : 0;
                        ASSERT_TRUE(lcn::set_threads(std::abs(threads)).ok());
                        const Results expected =
                            results(general_calls(layer), layer, operation, batch, accumulate, o);
                        const Results actual = results(layer.calls, layer, operation, batch, accumulate, o);
                        for (size_t k = 0; k < actual.size(); k++)
                            ASSERT_TRUE(identical(expected[k], actual[k]))
                                << layer.name << " " << name_of(operation) << ", batch " << batch << ", "
                                << threads << " threads";
                    }
            }
}

TEST_P(AddLayer, has_the_gradient_of_its_activation) {
    for (const OwnLayer& layer : own_layers()) {
        if (!layer.calls.activation_gradient) continue;
        const Operands o = operands_of(layer, 3, 7);
        Floats expected(o.output_gradient.size()), actual(o.output_gradient.size());
        const Floats& before = o.output_gradient;
        ASSERT_TRUE(general_calls(layer)
                        .activation_gradient(3, before.data(), o.output_gradient.data(), expected.data())
                        .ok());
        ASSERT_TRUE(
            layer.calls.activation_gradient(3, before.data(), o.output_gradient.data(), actual.data()).ok());
        EXPECT_TRUE(identical(expected, actual)) << layer.name;
    }
}

TEST_P(AddLayer, runs_kernels_of_its_shape) {
    ASSERT_TRUE(lcn::set_threads(1).ok());
    for (const OwnLayer& layer : own_layers())
        for (const Operation operation : operations_of(layer))
            for (const int64_t batch : layer.batches) {
                layer.forget_kernels_ran();
                results(layer.calls, layer, operation, batch, false, operands_of(layer, batch, 1));
                EXPECT_TRUE(ran_fixed(layer, GetParam()))
                    << layer.name << " " << name_of(operation) << ", batch " << batch;
            }
    // For TargetTest, which asks that general kernels run.
    const OwnLayer& layer = own_layers().front();
    results(general_calls(layer), layer, Operation::forward, 1, false, operands_of(layer, 1, 1));
}

LCN_TEST_EVERY_TARGET(AddLayer);

TEST(AddLayerConstants, are_those_of_the_shape) {
    for (const OwnLayer& layer : own_layers()) {
        const reference::Layer& l = layer.shape;
        const std::vector<int64_t> expected = {l.output_rows(), l.output_columns(), l.input_size(),
                                               l.kernel_size(), l.bias_size(),      l.output_size()};
        EXPECT_EQ(layer.constants, expected) << layer.name;
    }
}

TEST(AddLayerTarget, is_the_one_of_the_environment) {
    for (const OwnLayer& layer : own_layers()) {
        const auto with = [&](const char* value) {
            return in_child([&] {
                setenv("LCN_TARGET", value, 1);
                const char* name = nullptr;
                int64_t bytes = 0;
                Status status = layer.target(name);
                if (status.ok()) status = layer.calls.workspace_bytes[0](1, bytes);
                return std::string(status.ok() ? name : status.message);
            });
        };
        EXPECT_EQ(with("portable"), "portable");
        EXPECT_EQ(with("fast"), "LCN_TARGET: no target named 'fast' in this library");
    }
}

TEST(AddLayerTarget, is_forced_by_name_and_given_back) {
    for (const OwnLayer& layer : own_layers()) {
        const char *best = nullptr, *name = nullptr;
        ASSERT_TRUE(layer.target(best).ok());
        ASSERT_TRUE(layer.set_target("portable").ok());
        ASSERT_TRUE(layer.target(name).ok());
        EXPECT_STREQ(name, "portable");
        const Status status = layer.set_target("fast");
        EXPECT_EQ(status.code, lcn::Code::unknown_target);
        EXPECT_STREQ(status.message, "set_target: no target named 'fast' in this library");
        ASSERT_TRUE(layer.set_target(nullptr).ok());
        ASSERT_TRUE(layer.target(name).ok());
        EXPECT_STREQ(name, best);
    }
}

TEST(AddLayerErrors, name_the_argument) {
    const OwnLayer& layer = own_layers().front();
    const Operands o = operands_of(layer, 1, 1);
    Floats output(o.output_gradient.size());
    const auto forward = [&](int64_t batch, const float* input) {
        return layer.calls.forward(batch, input, o.kernel.data(), nullptr, output.data(), {}, nullptr);
    };
    EXPECT_STREQ(forward(0, o.input.data()).message, "batch must be positive, got 0");
    EXPECT_STREQ(forward(1, nullptr).message, "input is null");
    EXPECT_TRUE(forward(1, o.input.data()).ok());  // no bias
}

// The kernel as Keras's layer holds it gives what Keras's layer gives.
void expect_keras_layout(const OwnLayer& layer, lcn::LayerArguments arguments, int64_t keras_size,
                         Status (*pack)(const float* keras, float* kernel)) {
    const reference::Layer& l = layer.shape;
    lcn::LocallyConnected2D keras(arguments);
    const lcn::Shape shape = l.channels_first ? lcn::Shape{2, l.channels, l.rows, l.columns}
                                              : lcn::Shape{2, l.rows, l.columns, l.channels};
    keras.build(shape);
    std::vector<lcn::Tensor> weights = keras.get_weights();
    Random random(5);
    for (lcn::Tensor& tensor : weights) tensor.values = random.reals(int64_t(tensor.values.size()));
    keras.set_weights(weights);
    ASSERT_EQ(int64_t(weights[0].values.size()), keras_size);

    const Floats input = random.reals(2 * l.input_size());
    Floats kernel(size_t(l.kernel_size()), 5.0f), output(size_t(2 * l.output_size()));
    EXPECT_EQ(pack(nullptr, kernel.data()).code, lcn::Code::null_pointer);
    ASSERT_TRUE(pack(weights[0].values.data(), kernel.data()).ok());
    int64_t bytes = 0;
    ASSERT_TRUE(layer.calls.workspace_bytes[0](2, bytes).ok());
    std::vector<char> memory(size_t(bytes) + 1);
    const Status status = layer.calls.forward(2, input.data(), kernel.data(), weights[1].values.data(),
                                              output.data(), {memory.data(), bytes}, nullptr);
    ASSERT_TRUE(status.ok()) << status.message;
    EXPECT_TRUE(identical(keras({shape, input}).values, output));
}

TEST(AddLayerLayouts, of_implementation_2_are_packed) {
    lcn::LayerArguments arguments{20, {3, 2}};
    arguments.strides = {2, 1};
    arguments.data_format = "channels_first";
    arguments.activation = "gelu";
    arguments.implementation = 2;
    expect_keras_layout(own_layers()[2], arguments, planes_keras_kernel_size, planes_pack_kernel);
}

TEST(AddLayerLayouts, of_implementation_3_are_packed) {
    lcn::LayerArguments arguments{16, {3, 4}};
    arguments.padding = "same";
    arguments.data_format = "channels_last";
    arguments.implementation = 3;
    expect_keras_layout(own_layers()[4], arguments, sparse_keras_kernel_size, sparse_pack_kernel);
}

}  // namespace

}  // namespace lcn_test
