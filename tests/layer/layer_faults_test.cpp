// Every allocation of a tensor's size fails once, and all from it on: the layer and the files say so, lose no
// memory, and work afterwards. Smaller ones are those of names and of JSON, whose library (nlohmann's)
// allocates in destructors: there an end of memory ends the process.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <new>
#include <stdexcept>

#include "lcn/layer.h"
#include "lcn/lcn.h"
#include "lcn/safetensors.h"
#include "support/allocations.h"
#include "support/random.h"
#include "tool/scratch_folder.h"

namespace {

using namespace lcn;
using lcn_test::FailingAllocations;

constexpr size_t of_tensors = 512;  // bytes

LayerArguments arguments() {
    LayerArguments a{4, {3, 2}};
    a.activation = "softmax";
    a.kernel_initializer = R"({"class_name": "RandomNormal", "config": {"stddev": 0.3, "seed": 1}})";
    a.kernel_regularizer = "l2", a.activity_regularizer = "l1";
    a.kernel_constraint = "unit_norm";
    return a;
}

Tensor some_input() {
    return {{2, 5, 6, 3}, lcn_test::Random(1).reals(180)};
}

// Runs the scenario with every allocation failing, until none does.
void expect_survives(const std::function<void()>& scenario) {
    ASSERT_TRUE(set_threads(1).ok());
    scenario();
    scenario();  // what is kept for the process is there now
    int64_t runs = 0;
    for (const auto which : {FailingAllocations::once, FailingAllocations::from_then_on})
        for (int64_t first = 0;; first++) {
            char thrown[200] = "";
            int64_t failed = 0, alive = 0;
            {
                const FailingAllocations failing(first, which, of_tensors);
                try {
                    scenario();
                } catch (const std::bad_alloc&) {
                } catch (const std::runtime_error&) {  // with a sentence
                } catch (const std::exception& e) {
                    std::snprintf(thrown, sizeof thrown, "%s", e.what());
                }
                failed = failing.failed(), alive = failing.alive();
            }
            EXPECT_STREQ(thrown, "") << "allocation " << first;
            if (failed == 0) break;
            EXPECT_EQ(alive, 0) << "allocation " << first;
            if (testing::Test::HasFailure()) return;
            runs++;
        }
    EXPECT_GT(runs, 4);
    scenario();
}

TEST(LayerFaults, AllocationsFailWhileALayerIsMadeCalledAndTrained) {
    const Tensor input = some_input();
    expect_survives([&] {
        LocallyConnected2D layer(arguments());
        const Tensor output = layer(input);
        layer.backward(2, input.values.data(), nullptr, output.values.data(), nullptr);
        layer.update([](const Parameter& p) {
            for (int64_t k = 0; k < p.count; k++) p.values[k] -= 0.1f * p.gradient[k];
        });
        layer.gradients(input, output);
        layer.losses();
    });
}

TEST(LayerFaults, ACallThatFailsHasChangedNothing) {
    ASSERT_TRUE(set_threads(1).ok());
    const Tensor input = some_input();
    LocallyConnected2D layer(arguments());
    const Tensor expected = layer(input);
    const std::vector<Tensor> weights = layer.get_weights();
    std::vector<Tensor> others = weights;
    for (Tensor& other : others) std::fill(other.values.begin(), other.values.end(), 0.5f);
    const std::vector<std::function<void()>> calls = {
        [&] { layer(input); }, [&] { layer.gradients(input, expected); }, [&] { layer.set_weights(others); }};
    for (const auto& call : calls)
        for (int64_t first = 0;; first++) {
            int64_t failed = 0;
            {
                const FailingAllocations failing(first, FailingAllocations::from_then_on, of_tensors);
                try {
                    call();
                } catch (const std::exception&) {
                }
                failed = failing.failed();
            }
            if (failed == 0) break;
            ASSERT_EQ(layer.get_weights()[0].values, weights[0].values) << "allocation " << first;
            ASSERT_EQ(layer(input).values, expected.values) << "allocation " << first;
        }
}

TEST(LayerFaults, AFirstCallWithoutMemoryForItsOutputBuildsNothing) {
    const Tensor input{{40, 5, 6, 3}, std::vector<float>(3600)};
    LocallyConnected2D layer(arguments());
    {
        const FailingAllocations failing(0, FailingAllocations::from_then_on,
                                         8000);  // bytes, more than weights
        EXPECT_THROW(layer(input), std::bad_alloc);
    }
    EXPECT_FALSE(layer.built());
}

TEST(LayerFaults, AllocationsFailWhileFilesAreWrittenAndRead) {
    const ScratchFolder folder;
    const std::string path = folder.file("weights.safetensors");
    const Tensors tensors = {{"kernel", {{30, 40}, std::vector<float>(1200, 1.0f)}},
                             {"bias", {{400}, std::vector<float>(400, 4.0f)}}};
    expect_survives([&] {
        write_safetensors(path, tensors, {{"format", "pt"}});
        SafetensorsFile(path).read("kernel");
    });
    EXPECT_EQ(folder.files(), 1);
    EXPECT_EQ(SafetensorsFile(path).read("bias").values[3], 4.0f);
}

}  // namespace
