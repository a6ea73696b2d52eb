// A layer with target cuda: what it asks of the driver, and what becomes of it when that fails.
#include <stdexcept>

#include "every_failure.h"
#include "lcn/layer.h"

namespace lcn_test {

namespace {

constexpr int64_t filters = 8;
const lcn::Shape input_shape = {2, 5, 6, 4};
constexpr uint64_t kernel_bytes = 3 * 4 * (3 * 3 * 4) * filters * 4, bias_bytes = 3 * 4 * filters * 4;

lcn::Tensor tensor(const lcn::Shape& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return {shape, Random(1).reals(count)};
}

class DriverLayer : public StandinTest {
  protected:
    void SetUp() override {
        StandinTest::SetUp();
        if (HasFatalFailure()) return;
        ASSERT_TRUE(lcn::set_target("cuda").ok());
    }
    void TearDown() override {
        lcn::set_target(nullptr);
        StandinTest::TearDown();
    }

    // How often tensors of the size of the weights were copied to the device.
    int copies_of_weights() {
        int kernels = 0, biases = 0;
        for (const standin::Call& call : calls_of(driver->take_calls(), "cuMemcpyHtoDAsync_v2")) {
            kernels += call.bytes == kernel_bytes;
            biases += call.bytes == bias_bytes;
        }
        EXPECT_EQ(kernels, biases);
        return kernels;
    }

    const lcn::Tensor input = tensor(input_shape), gradient = tensor({2, 3, 4, filters});
};

TEST_F(DriverLayer, copies_its_weights_when_they_have_changed) {
    lcn::LocallyConnected2D layer({filters, {3, 3}});
    layer(input);
    EXPECT_EQ(copies_of_weights(), 1);
    layer(input);
    layer.gradients(input, gradient);
    EXPECT_EQ(copies_of_weights(), 0);
    layer.update([](const lcn::Parameter& p) { p.values[0] += 1; });
    layer(input);
    layer(input);
    EXPECT_EQ(copies_of_weights(), 1);
}

TEST_F(DriverLayer, gives_its_memory_back) {
    {
        lcn::LocallyConnected2D layer({filters, {3, 3}});
        layer(input);
        uint64_t bytes = 0;
        for (const standin::Block& block : driver->blocks()) bytes += block.bytes;
        EXPECT_GE(bytes, kernel_bytes + bias_bytes);
    }
    expect_clean();
}

// Weights that are on the device belong to the context in which they were copied.
TEST_F(DriverLayer, may_be_called_in_several_contexts) {
    lcn::LocallyConnected2D layer({filters, {3, 3}});
    for (standin::Handle context : {driver->create_context(0), driver->create_context(0)}) {
        set_stack({context});
        layer(input);
    }
    set_stack({});
    layer(input);
}

TEST_F(DriverLayer, throws_when_any_call_of_the_driver_fails_and_then_works) {
    const std::function<void(lcn::LocallyConnected2D&)> calls[] = {
        [&](lcn::LocallyConnected2D& layer) { layer(input); },
        [&](lcn::LocallyConnected2D& layer) { layer.gradients(input, gradient); }};
    for (const auto& call : calls)
        for_every_failure(*driver, 999, [&](const Try& attempt) {
            const standin::Handle context = driver->create_context(0);
            set_stack({context});
            lcn::LocallyConnected2D layer({filters, {3, 3}});
            layer.build(input_shape);
            const Attempt made = attempt([&]() -> lcn::Status {
                try {
                    call(layer);
                } catch (const std::runtime_error& e) {
                    lcn::Status status;
                    status.code = lcn::Code::device_failed;
                    EXPECT_NE(std::string(e.what()).find("unknown error (999)"), std::string::npos)
                        << e.what();
                    return status;
                }
                return {};
            });
            EXPECT_NO_THROW(call(layer)) << "after " << made.failed;
            layer = lcn::LocallyConnected2D({filters, {3, 3}});
            if (!made.status.ok()) expect_clean();
            driver->free_all(context);  // what could not be given back
        });
}

}  // namespace

}  // namespace lcn_test
