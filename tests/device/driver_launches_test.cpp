// What lcn launches: grids cover each problem and no more, arguments are the caller's tensors, work is on the
// caller's stream and nothing waits for it.
#include <cstring>
#include <regex>
#include <set>

#include "implied_launches.h"
#include "lcn/kernels.h"
#include "standin_test.h"
#include "support/suite.h"

namespace lcn_test {

namespace {

using lcn::Operation;

class DriverLaunches : public StandinTest {
  protected:
    // The launches of a call that must succeed.
    template <typename Call>
    Calls launches_of(Call&& call) {
        lcn::forget_kernels_ran();
        driver->take_calls();
        const lcn::Status status = call();
        EXPECT_TRUE(status.ok()) << status.message;
        return launches(driver->take_calls());
    }

    // A pass without a bias or an activation is one launch. Returns its kernel.
    std::string expect_one_launch(Operation operation, const DeviceTensors& tensors) {
        const Calls launched = launches_of([&] { return tensors.run(operation); });
        const std::vector<std::string> symbols = symbols_ran();
        EXPECT_EQ(launched.size(), 1u);
        EXPECT_EQ(symbols.size(), 1u);
        if (launched.size() != 1 || symbols.size() != 1) return "";
        const Launch expected = launch_of(operation, Tile(symbols[0]), tensors.c.layer);
        expect_sizes(expected, launched[0], symbols[0]);
        return symbols[0];
    }
    void expect_sizes(const Launch& expected, const standin::Call& launch, const std::string& symbol) {
        EXPECT_EQ(launch.blocks, expected.blocks)
            << symbol << ": " << launch.blocks.x << " x " << launch.blocks.y << " x " << launch.blocks.z;
        EXPECT_EQ(launch.threads, expected.threads)
            << symbol << ": " << launch.threads.x << " x " << launch.threads.y << " x " << launch.threads.z;
        EXPECT_LE(launch.threads.x * launch.threads.y * launch.threads.z, 1024u) << symbol;
        EXPECT_LE(launch.shared_bytes, 48u * 1024) << symbol;
    }
};

// Without what would be a second launch.
std::vector<Case> plain_cases() {
    std::vector<Case> cases;
    for (Case c : pairwise_cases(3)) {
        c.bias = c.before = false;
        c.activation = {};
        c.input_gap = c.output_gap = 0;
        cases.push_back(c);
    }
    for (const SuiteShape& shape : suite_shapes())
        for (int64_t batch : shape.batches) {
            const Case c{shape.small_layer(batch)};
            if (c.layer.kernel_size() < 1 << 20 && c.layer.input_size() < 1 << 20) cases.push_back(c);
        }
    return cases;
}

TEST_F(DriverLaunches, cover_every_problem_and_no_more) {
    std::set<std::string> symbols;
    for (const Case& c : plain_cases()) {
        SCOPED_TRACE(testing::PrintToString(c));
        const DeviceTensors tensors({}, c);
        for (Operation operation : operations) symbols.insert(expect_one_launch(operation, tensors));
    }
    EXPECT_GT(symbols.size(), 15u);
}

// Also those that are not the usual choice for any of these problems.
TEST_F(DriverLaunches, of_every_kernel_are_those_of_its_tile) {
    std::set<std::string> left;
    for (int k = 0; k < lcn::kernel_count(); k++) {
        const lcn::KernelInfo kernel = lcn::kernel_info(k);
        const bool is_pass = strstr(kernel.operation, "forward") || strstr(kernel.operation, "backward");
        if (std::string(kernel.target) == "cuda" && is_pass) left.insert(kernel.symbol);
    }
    for (const Case& c : plain_cases()) {
        const DeviceTensors tensors({}, c);
        for (const std::string& symbol : std::set<std::string>(left)) {
            ASSERT_TRUE(lcn::prefer_kernel(symbol.c_str()).ok());
            for (Operation operation : operations)
                if (symbol.find(std::string("lcn_") + name_of(operation)) == 0)
                    left.erase(expect_one_launch(operation, tensors));
        }
    }
    lcn::prefer_kernel(nullptr);
    for (const std::string& symbol : left) ADD_FAILURE() << "no case ran " << symbol;
}

TEST_F(DriverLaunches, of_a_bias_are_its_elements) {
    for (int64_t batch : {1, 9}) {
        Case c = whole_case();
        c.layer.batch = batch;
        const DeviceTensors tensors({}, c);
        const Calls launched = launches_of([&] { return tensors.run(Operation::backward_weights); });
        ASSERT_EQ(launched.size(), 2u);
        bool found = false;
        for (const std::string& symbol : symbols_ran())
            found |= bias_launch(Tile(symbol), c.layer).blocks == launched[1].blocks;
        EXPECT_TRUE(found) << launched[1].blocks.x << " x " << launched[1].blocks.y;
        EXPECT_EQ(launched[1].blocks.z, 1u);
    }
}

TEST_F(DriverLaunches, of_activations_have_a_thread_for_each_element) {
    for (int f = int(lcn::Function::relu); f <= int(lcn::Function::mish); f++) {
        Case c = whole_case();
        c.activation.function = lcn::Function(f);
        const DeviceTensors tensors({}, c);
        const Calls forward = launches_of([&] { return tensors.run(Operation::forward); });
        const Calls gradient = launches_of([&] { return tensors.activation_gradient(); });
        ASSERT_EQ(forward.size(), 2u);
        ASSERT_EQ(gradient.size(), 1u);
        for (const standin::Call& launch : {forward[1], gradient[0]}) {
            EXPECT_EQ(launch.threads, size(256));
            const int64_t blocks = int64_t(launch.blocks.x) * launch.blocks.y * launch.blocks.z;
            EXPECT_GE(blocks * 256, c.layer.output_size());
            EXPECT_LE(blocks, divide_up(c.layer.output_size(), 256) + c.layer.batch);
        }
    }
}

TEST_F(DriverLaunches, of_axpby_have_a_thread_for_each_element) {
    lcn::DeviceBuffer x({}), y({});
    for (int64_t count : {1, 256, 257, 1 << 20}) {
        ASSERT_TRUE(x.allocate(count * 4).ok() && y.allocate(count * 4).ok());
        const Calls launched =
            launches_of([&] { return lcn::axpby({}, count, 2.0f, x.memory(), 0.5f, y.memory()); });
        ASSERT_EQ(launched.size(), 1u);
        EXPECT_EQ(launched[0].blocks, size(divide_up(count, 256)));
        EXPECT_EQ(launched[0].threads, size(256));
        EXPECT_EQ(std::set<uint64_t>(launched[0].addresses.begin(), launched[0].addresses.end()),
                  std::set<uint64_t>({x.memory(), y.memory()}));
    }
}

TEST_F(DriverLaunches, have_the_tensors_as_arguments) {
    const DeviceTensors t({}, whole_case());
    auto addresses = [](const standin::Call& launch) {
        return std::set<uint64_t>(launch.addresses.begin(), launch.addresses.end());
    };
    using Set = std::set<uint64_t>;
    const Calls forward = launches_of([&] { return t.run(Operation::forward); });
    ASSERT_EQ(forward.size(), 2u);
    EXPECT_EQ(addresses(forward[0]),
              Set({t.input.memory(), t.kernel.memory(), t.bias.memory(), t.before.memory()}));
    EXPECT_EQ(addresses(forward[1]), Set({t.before.memory(), t.output.memory()}));

    const Calls input = launches_of([&] { return t.run(Operation::backward_input); });
    ASSERT_EQ(input.size(), 1u);
    EXPECT_EQ(addresses(input[0]),
              Set({t.output_gradient.memory(), t.kernel.memory(), t.input_gradient.memory()}));

    const Calls weights = launches_of([&] { return t.run(Operation::backward_weights); });
    ASSERT_EQ(weights.size(), 2u);
    EXPECT_EQ(addresses(weights[0]),
              Set({t.input.memory(), t.output_gradient.memory(), t.kernel_gradient.memory()}));
    Set of_bias = addresses(weights[1]);
    for (uint64_t address : {t.output_gradient.memory(), t.bias_gradient.memory()})
        EXPECT_EQ(of_bias.erase(address), 1u);
    ASSERT_EQ(of_bias.size(), 1u);
    const std::vector<char> constant = driver->read(*of_bias.begin(), sizeof(float));
    const float one = 1.0f;
    ASSERT_EQ(constant.size(), sizeof one);
    EXPECT_EQ(std::memcmp(constant.data(), &one, sizeof one), 0);

    const Calls activation = launches_of([&] { return t.activation_gradient(); });
    ASSERT_EQ(activation.size(), 1u);
    EXPECT_EQ(addresses(activation[0]),
              Set({t.before.memory(), t.output_gradient.memory(), t.output.memory()}));
}

// Tensors may begin anywhere in an allocation. Kernels that read four elements at once need lines of 16
// bytes.
TEST_F(DriverLaunches, of_tensors_off_lines_read_one_by_one) {
    const lcn::Problem p = problem_of({{9, 5, 5, 8, 16, 3, 3, 1, 1, false, false}});
    lcn::DeviceBuffer memory({});
    ASSERT_TRUE(memory.allocate(4 << 20).ok());
    for (int spoilt : {-1, 0, 1, 2, 3}) {
        auto at = [&](int tensor) {
            return memory.memory() + (uint64_t(tensor) << 20) + (tensor == spoilt ? sizeof(float) : 0);
        };
        // What a kernel reads so.
        auto reads_fours = [&](auto&& call) {
            launches_of(call);
            const std::vector<std::string> symbols = symbols_ran();
            const std::string symbol = symbols.size() == 1 ? symbols[0] : "";
            const std::string without_input =
                std::regex_replace(symbol, std::regex("_rows_aligned"), std::string());
            const bool columns = without_input.find("_aligned") != std::string::npos;
            return std::string(columns ? "columns " : "") + (without_input != symbol ? "input" : "");
        };
        // What a spoilt tensor forbids; on lines the fastest kernel need not be one that reads so.
        const std::string of_columns = "columns", of_input = "input";
        const auto expect_without = [&](const std::string& words, const std::string& ran) {
            EXPECT_TRUE(spoilt < 0 || ran.find(words) == std::string::npos) << ran << " with " << spoilt;
        };
        const std::string forward =
            reads_fours([&] { return lcn::forward({}, p, at(0), at(1), at(2), at(3), 0); });
        expect_without(spoilt == 0 ? of_input : of_columns, forward);
        EXPECT_EQ(forward == "columns input", spoilt == -1) << forward;
        if (spoilt == 3) continue;
        expect_without(spoilt == 0 ? of_input : of_columns, reads_fours([&] {
                           return lcn::backward_weights({}, p, at(0), at(1), at(2), 0,
                                                        lcn::Update::overwrite);
                       }));
        if (spoilt == 2) continue;  // the gradient of the input is written one by one
        expect_without(of_columns,
                       reads_fours([&] { return lcn::backward_input({}, p, at(0), at(1), at(2)); }));
    }
}

// So that calls can be captured into a CUDA graph, and the caller's thread goes on.
TEST_F(DriverLaunches, are_the_same_again_and_nothing_else_is_done) {
    const DeviceTensors tensors(fresh_queue(), whole_case());
    for (Operation operation : operations) {
        ASSERT_TRUE(tensors.run(operation).ok());
        driver->take_calls();
        EXPECT_TRUE(tensors.run(operation).ok());
        const Calls second = driver->take_calls();
        EXPECT_TRUE(tensors.run(operation).ok());
        const Calls third = driver->take_calls();
        EXPECT_TRUE(second == third) << name_of(operation);
        for (const standin::Call& call : third)
            EXPECT_TRUE(is_of_contexts(call) || call.function == "cuLaunchKernel") << call.function;
    }
}

// The first time code is loaded, and the constant of a bias.
TEST_F(DriverLaunches, wait_for_nothing_the_first_time) {
    const DeviceTensors tensors(fresh_queue(), whole_case());
    for (Operation operation : operations) {
        driver->take_calls();
        EXPECT_TRUE(tensors.run(operation).ok());
        for (const standin::Call& call : driver->take_calls())
            EXPECT_TRUE(is_of_contexts(call) || call.function == "cuLaunchKernel" ||
                        call.function.find("cuModule") == 0)
                << name_of(operation) << ": " << call.function;
    }
}

// The driver takes at most 65,535 blocks along y and z: what needs more is refused before any work.
TEST_F(DriverLaunches, of_any_problem_have_a_grid_that_the_driver_takes) {
    auto layer = [](int64_t batch, int64_t channels, int64_t filters, bool channels_first) {
        Case c{{batch, 1, 1, channels, filters, 1, 1, 1, 1, false, channels_first}};
        c.activation.function = lcn::Function::relu;
        c.before = true;
        return c;
    };
    auto accepted = [&](const lcn::Status& status) {
        EXPECT_TRUE(status.ok() || status.code == lcn::Code::overflow) << status.message;
        EXPECT_EQ(launches(driver->take_calls()).empty(), !status.ok()) << status.message;
        return status.ok();
    };
    const DeviceTensors many_images({}, layer(70'000, 1, 1, false));
    for (Operation operation : operations) EXPECT_TRUE(accepted(many_images.run(operation)));
    EXPECT_TRUE(accepted(many_images.activation_gradient()));

    std::set<Operation> refused;
    for (const Case& c : {layer(2'100'000, 1, 1, false), layer(1, 70'000, 4, true),
                          layer(1, 600'000, 3, false), layer(1, 3, 600'000, false)}) {
        SCOPED_TRACE(testing::PrintToString(c));
        const DeviceTensors tensors({}, c);
        for (Operation operation : operations)
            if (!accepted(tensors.run(operation))) refused.insert(operation);
    }
    EXPECT_EQ(refused.size(), 3u);
}

// That of a bias comes last. Its grid may be too large where that of the weights is not: products of few
// positions are summed in tiles, those of many are not.
TEST_F(DriverLaunches, are_all_refused_when_one_is) {
    lcn::Problem p;
    p.input_rows = 14, p.kernel_rows = 3, p.input_columns = p.kernel_columns = p.channels = 1;
    p.filters = 600'000;
    const int64_t outputs = 12 * p.filters * 4;
    lcn::DeviceBuffer x({}), dy({}), dw({}), db({});
    ASSERT_TRUE(x.allocate(14 * 4).ok() && dy.allocate(outputs).ok());
    ASSERT_TRUE(dw.allocate(3 * outputs).ok() && db.allocate(outputs).ok());
    driver->take_calls();
    const auto run = [&](lcn::DeviceMemory bias_gradient) {
        return lcn::backward_weights({}, p, x.memory(), dy.memory(), dw.memory(), bias_gradient,
                                     lcn::Update::overwrite);
    };
    EXPECT_TRUE(run(0).ok());
    EXPECT_EQ(launches(driver->take_calls()).size(), 1u);
    const lcn::Status status = run(db.memory());
    EXPECT_EQ(status.code, lcn::Code::overflow) << status.message;
    EXPECT_TRUE(launches(driver->take_calls()).empty());
}

// Images with gaps are a row of blocks each.
TEST_F(DriverLaunches, of_many_images_with_gaps_are_cut) {
    Case c{{70'000, 1, 1, 1, 1, 1, 1, 1, 1, false, false}};
    lcn::Problem p = problem_of(c);
    p.output_batch_stride = 2;
    p.activation.function = lcn::Function::relu;
    c.layer.batch *= 2;  // room for the gaps
    const DeviceTensors t({}, c);
    const Calls launched = launches_of([&] {
        return lcn::forward({}, p, t.input.memory(), t.kernel.memory(), 0, t.output.memory(),
                            t.before.memory());
    });
    uint64_t images = 0;
    for (size_t k = 1; k < launched.size(); k++) {
        const std::vector<uint64_t>& addresses = launched[k].addresses;
        for (uint64_t tensor : {t.output.memory(), t.before.memory()})
            EXPECT_EQ(std::count(addresses.begin(), addresses.end(), tensor + images * 2 * sizeof(float)), 1);
        EXPECT_EQ(launched[k].blocks.x, 1u);
        images += launched[k].blocks.y;
    }
    EXPECT_EQ(images, 70'000u);
}

}  // namespace

}  // namespace lcn_test
